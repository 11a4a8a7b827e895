import { describe, expect, it } from '@jest/globals';
import { searchQuery, searchWords } from './search-words.js';

describe('words of a text', () => {
  it.each([
    ['Where is my Invoice? my INVOICE!', ['where', 'is', 'my', 'invoice']],
    ['<script>alert("refund")</script>', ['script', 'alert', 'refund']],
    ['see https://shop.example/orders/4711?open=1 or mail help@shop.example', ['see', 'https', 'shop', 'example', 'orders', '4711', 'open', '1', 'or', 'mail', 'help']],
    ['don’t_stop', ['don', 't', 'stop']],
    ['Ｆｕｌｌ ﬁt', ['full', 'fit']],
    ['Rückgabe für Größe', ['rückgabe', 'für', 'größe']],
    ['', []],
    ['\u0000 \u202e …', []],
  ])('%j', (text, words) => {
    expect(searchWords(text)).toEqual(words);
  });

  it('are found where a script has no spaces', () => {
    expect(searchWords('我想退款')).toContain('退款');
    expect(searchWords('ฉันต้องการเงินคืน').length).toBeGreaterThan(1);
  });

  it('are cut where they are too long to index, and only so many are taken', () => {
    expect(searchWords('x'.repeat(5_000))).toEqual(['x'.repeat(100)]);
    expect(searchWords(Array.from({ length: 20_000 }, (_, n) => `w${n}`).join(' '))).toHaveLength(5_000);
  });
});

describe('what is searched for', () => {
  it('asks for all words by their beginnings', () => {
    expect(searchQuery('refund <b>late')).toBe(`'refund':* & 'b':* & 'late':*`);
  });

  it.each(['', ' !? ', "' | & :*"])('is nothing in %j', (typed) => {
    expect(searchQuery(typed)).toBeUndefined();
  });
});
