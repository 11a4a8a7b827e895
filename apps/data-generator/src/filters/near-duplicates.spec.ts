import { describe, expect, it } from '@jest/globals';
import { foldText } from './fold-text.js';
import { NearDuplicateIndex } from './near-duplicates.js';

const known = 'How do I cancel my yearly plan before it renews?';
const index = new NearDuplicateIndex<number>();
index.add(known, 1);
index.add('My radiator in the hall stays cold although the boiler runs', 2);
index.add('cancel my plan', 3);

describe('NearDuplicateIndex', () => {
  it.each([
    ['the same text', known],
    ['another case', known.toUpperCase()],
    ['no punctuation and other spacing', '  how do I   cancel my yearly plan before it renews '],
    ['punctuation between', 'How do I cancel: my "yearly" plan - before it renews??'],
    ['look-alikes of another script', known.replaceAll('o', 'о').replaceAll('a', 'а').replaceAll('e', 'е')],
    ['full-width letters', [...known].map((c) => (c >= '!' && c <= '~' ? String.fromCodePoint(c.charCodeAt(0) + 0xfee0) : c)).join('')],
    ['invisible characters', [...known].join('\u200b')],
    ['accents', known.replaceAll('e', 'é')],
    ['one word swapped', 'How do I cancel my monthly plan before it renews?'],
    ['one word left out', 'How do I cancel my plan before it renews?'],
    ['one word added', 'How do I please cancel my yearly plan before it renews?'],
    ['words in another order', 'Before it renews, how do I cancel my yearly plan?'],
  ])('finds %s', (_what, text) => {
    expect(index.find(text).map(({ value }) => value)).toEqual([1]);
  });

  it.each([
    ['the same question in other words', 'I want to get out of my subscription'],
    ['a question that shares some words', 'How do I upgrade my basic plan after the trial ends?'],
    ['a short text with one word swapped', 'cancel my order'],
    ['nothing', ''],
  ])('leaves %s alone', (_what, text) => {
    expect(index.find(text)).toEqual([]);
  });

  it('tells a text in disguise from one that is nearly the same', () => {
    expect(index.find(known.toUpperCase())[0]?.same).toBe(true);
    expect(index.find('How do I cancel my monthly plan before it renews?')[0]?.same).toBe(false);
  });

  it('finds a long text of which a little was changed anywhere', () => {
    const words = Array.from({ length: 90 }, (_, i) => `word${(i * 7919) % 997}`);
    const long = new NearDuplicateIndex<string>();
    long.add(words.join(' '), 'long');
    expect(long.has(words.map((word, i) => (i % 30 === 0 ? 'other' : word)).join(' '))).toBe(true);
    expect(long.has(words.map((word, i) => (i % 2 === 0 ? `other${i}` : word)).join(' '))).toBe(false);
  });

  it('knows one of many thousands, and none of them by chance', () => {
    const many = new NearDuplicateIndex<number>();
    for (let i = 0; i < 2_000; i += 1) many.add(`the ${(i * 31) % 5_003} device number ${i} in room ${(i * 17) % 911} shows ${(i * 13) % 4_999}`, i);
    expect(many.find('the 31 device number 1 in room 17 shows 13').map(({ value }) => value)).toContain(1);
    expect(many.has('please tell me where my parcel is today')).toBe(false);
  });
});

describe('foldText', () => {
  it('keeps what makes a difference', () => {
    expect(foldText('Cancel plan 12')).not.toBe(foldText('Cancel plan 13'));
    expect(foldText("don't")).toBe('dont');
    expect(foldText('取消 我的 订阅')).toBe('取消 我的 订阅');
  });
});
