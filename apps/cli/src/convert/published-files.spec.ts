import { describe, expect, it } from '@jest/globals';
import { convertBanking77, convertClinc } from './published-files.js';

const file = (path: string, content: unknown) => ({ path, content: typeof content === 'string' ? content : JSON.stringify(content) });

describe('convertClinc', () => {
  const texts = file('data_full.json', {
    train: [['when does the library close', 'opening_hours']],
    test: [['lend me a novel', 'borrow']],
    oos_test: [['sing something', 'oos']],
  });
  const domains = file('domains.json', { library: ['opening_hours', 'borrow'], garden: ['watering'] });

  it('gives each text its split and the domain of its intent', () => {
    expect(convertClinc(texts, domains)).toEqual([
      { text: 'when does the library close', intent: 'opening_hours', split: 'train', domain: 'library' },
      { text: 'lend me a novel', intent: 'borrow', split: 'test', domain: 'library' },
      { text: 'sing something', intent: 'oos', split: 'test', domain: 'oos' },
    ]);
  });

  it('knows one domain only where the lists are not given', () => {
    expect(convertClinc(texts).map(({ domain }) => domain)).toEqual(['all', 'all', 'oos']);
  });

  it('refuses an intent that is in no domain, and files of another shape', () => {
    expect(() => convertClinc(texts, file('domains.json', { library: ['borrow'] }))).toThrow(/"opening_hours" is in no domain/);
    expect(() => convertClinc(file('data_full.json', { train: ['text'] }))).toThrow(/data_full.json: expected/);
    expect(() => convertClinc(file('data_full.json', '{'))).toThrow(/not valid JSON/);
  });
});

describe('convertBanking77', () => {
  it('reads texts with commas, quotes and line breaks, and takes the split from the name', () => {
    const content = 'text,category\r\nwhere is my loan,loan_status\r\n"well, is it ""late""?\nStill",loan_status\r\n\r\n';
    expect(convertBanking77(file('/data/train.csv', content))).toEqual([
      { text: 'where is my loan', intent: 'loan_status', split: 'train', domain: 'banking' },
      { text: 'well, is it "late"?\nStill', intent: 'loan_status', split: 'train', domain: 'banking' },
    ]);
  });

  it.each([
    ['another head', 'a,b\nx,y', /expected the head line/],
    ['a row with a missing field', 'text,category\nx,y\nonly text', /line 3: expected a text and a category/],
    ['a row with one field more', 'text,category\nx, well,y', /line 2: expected/],
    ['a quote that stays open', 'text,category\n"x,y', /line 2: a quote is not closed/],
  ])('refuses %s', (_, content, message) => {
    expect(() => convertBanking77(file('test.csv', content))).toThrow(message);
  });
});
