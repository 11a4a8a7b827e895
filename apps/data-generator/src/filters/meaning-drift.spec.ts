import { describe, expect, it } from '@jest/globals';
import { hashEmbedding } from '@ratchet/embedded-model';
import { hasDrifted } from './meaning-drift.js';

const known = [
  ['how do I cancel my yearly plan', 'end'], ['please stop the subscription', 'end'], ['how do I change my yearly plan to a monthly one', 'change'], ['where do I see my invoices', 'invoices'],
].map(([text = '', answerKey = '']) => ({ vector: hashEmbedding(text), answerKey }));
const drifted = (text: string, answerKey: string, among = known): boolean => hasDrifted({ vector: hashEmbedding(text), answerKey, known: among });

describe('hasDrifted', () => {
  it.each([
    ['a wording that has become another request', 'how do I change my plan to a monthly one', 'end'],
    ['one that is word for word another request', 'where do I see my invoices', 'end'],
    ['one that keeps a word of its source, and else asks for another thing', 'where do I see invoices of my plan', 'end'],
  ])('rejects %s', (_what, text, answerKey) => {
    expect(drifted(text, answerKey)).toBe(true);
  });

  it.each([
    ['another wording', 'cancel the yearly plan for me', 'end'],
    ['entirely other words, near to nothing', 'get me out of this contract at once', 'end'],
    ['a request near to its own answer and another alike', 'how do I cancel or change my yearly plan', 'end'],
  ])('lets %s pass', (_what, text, answerKey) => {
    expect(drifted(text, answerKey)).toBe(false);
  });

  it('cannot tell without examples of another answer', () => {
    expect(drifted('where do I see my invoices', 'end', known.filter(({ answerKey }) => answerKey === 'end'))).toBe(false);
  });
});
