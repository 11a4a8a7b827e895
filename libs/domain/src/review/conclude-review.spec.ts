import { describe, expect, it } from '@jest/globals';
import { concludeReview, reviewerPairs } from './conclude-review.js';
import type { ReviewDecision } from './review.js';

const decision = (reviewer: string, word: string): ReviewDecision => ({
  reviewer,
  decision: word === 'yes' ? 'approve' : word === 'no' ? 'reject' : 'edit',
  ...(word !== 'yes' && word !== 'no' && { output: word }),
  reason: 'because',
  decidedAt: '2026-01-01T00:00:00.000Z',
});
const decide = (reviewersNeeded: number, ...words: string[]) => concludeReview({ output: 'Open Plan.', reviewersNeeded, decisions: words.map((word, i) => decision(`r${i + 1}`, word)) });

describe('concludeReview', () => {
  it.each([
    ['nobody has said anything', 1, [], { state: 'waiting' }],
    ['one of one approves', 1, ['yes'], { state: 'approved', output: 'Open Plan.', reviewers: ['r1'] }],
    ['one of one puts another answer', 1, ['Open Bills.'], { state: 'approved', output: 'Open Bills.', reviewers: ['r1'] }],
    ['one of two approves', 2, ['yes'], { state: 'waiting' }],
    ['two of two reject', 2, ['no', 'no'], { state: 'rejected', reviewers: ['r1', 'r2'] }],
    ['two put the same other answer, spelt differently', 2, ['Open Bills.', 'open  bills.'], { state: 'approved', output: 'open  bills.', reviewers: ['r1', 'r2'] }],
    ['two disagree', 2, ['yes', 'no'], { state: 'waiting' }],
    ['one approves what the other edits', 2, ['yes', 'Open Bills.'], { state: 'waiting' }],
    ['a third is with the first', 2, ['yes', 'no', 'yes'], { state: 'approved', output: 'Open Plan.', reviewers: ['r1', 'r3'] }],
    ['a third has an answer of their own', 2, ['yes', 'no', 'Ask us.'], { state: 'approved', output: 'Ask us.', reviewers: ['r3'] }],
  ])('%s', (_, needed, words, expected) => {
    expect(decide(needed, ...words)).toEqual(expected);
  });
});

describe('reviewerPairs', () => {
  it('counts the first two decisions of items that were asked of two', () => {
    const item = (reviewersNeeded: number, ...words: string[]) => ({ reviewersNeeded, decisions: words.map((word, i) => decision(`r${i}`, word)) });
    expect(reviewerPairs([item(2, 'yes', 'yes'), item(2, 'yes', 'no', 'no'), item(2, 'no', 'Open Bills.'), item(2, 'no', 'yes'), item(2, 'yes'), item(1, 'yes')])).toEqual({ bothYes: 1, onlyFirst: 1, onlySecond: 1, bothNo: 1 });
  });
});
