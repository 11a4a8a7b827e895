import { describe, expect, it } from '@jest/globals';
import { shownReviewSchema } from '@ratchet/console-api';
import type { ReviewDecision, ReviewItem } from '@ratchet/domain';
import { shownReview } from './shown-review.js';

const at = '2026-01-01T00:00:00.000Z';
const said = (reviewer: string): ReviewDecision => ({ reviewer, decision: 'reject', reason: 'secret', decidedAt: at });
const item = (differs: Partial<ReviewItem> = {}): ReviewItem => ({
  exampleId: 'e', model: 'm', workload: 'w', opportunityId: 'o', input: 'q', output: 'a', source: 'correction', confidence: 0.5, reason: 'unsure', interactionIds: [], state: 'waiting', decisions: [said('ann')], reviewersNeeded: 2,
  withdrawn: [{ ...said('cem'), withdrawnAt: at, withdrawnBecause: 'secret', withdrawnBy: 'c' }], ...differs,
});
const shown = (given: ReviewItem, reader: string) => shownReviewSchema.parse(shownReview(given, { reader, changedAt: at }));

describe('an item that two reviewers are asked for', () => {
  it('does not tell the second what the first said, nor what was taken back', () => {
    const told = shown(item(), 'bob');
    expect(told).toMatchObject({ decisions: [], hiddenDecisions: 1 });
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it('tells those who have decided, and everybody once it is decided', () => {
    expect(shown(item(), 'ann')).toMatchObject({ decisions: [{ reviewer: 'ann' }], hiddenDecisions: 0 });
    expect(shown(item({ state: 'rejected' }), 'bob')).toMatchObject({ decisions: [{ reviewer: 'ann' }], hiddenDecisions: 0 });
  });

  it('does not tell what the first was refused, which would tell what they said', () => {
    const refusals = ['ann', 'bob'].map((reviewer) => ({ reviewer, command: 'review.approve' as const, code: 'already_answered' as const, refusedAt: at }));
    expect(shown(item({ refusals }), 'bob').refusals).toMatchObject([{ reviewer: 'bob' }]);
    expect(shown(item({ refusals }), 'ann').refusals).toHaveLength(2);
  });

  it('tells a reader what they took back themselves', () => {
    expect(shown(item(), 'cem').withdrawn).toHaveLength(1);
  });
});

it('one that a single reviewer decides hides nothing', () => {
  expect(shown(item({ reviewersNeeded: 1 }), 'bob').decisions).toHaveLength(1);
});
