import { describe, expect, it } from '@jest/globals';
import { commandSchema, reviewItemSchema, type ReviewItem } from '@ratchet/domain';
import { applyReviewCommand, type ReviewCommand } from './apply-command.js';

const target = { model: 'assistant', workload: 'default' };
const start = Date.parse('2026-01-01T00:00:00Z');
const at = (minutes: number): Date => new Date(start + minutes * 60_000);
const item = (differs: Partial<ReviewItem> = {}): ReviewItem => ({
  exampleId: 'e1', ...target, opportunityId: 'o1', input: 'q', output: 'Open Plan.', source: 'correction', confidence: 0.4, reason: 'unsure', interactionIds: [], state: 'waiting', decisions: [], reviewersNeeded: 1, ...differs,
});
const order = (name: string, actor: string, more: object = {}): ReviewCommand =>
  commandSchema.parse({ name: `review.${name}`, commandId: 'c', actor, reason: 'wrong page', ...target, issuedAt: at(0).toISOString(), ...(name === 'edit' ? { exampleId: 'e1', output: 'Open Bills.' } : { exampleIds: ['e1'] }), ...more }) as ReviewCommand;
const time = { now: at(0), claimMinutes: 30, undoSeconds: 0, isIssued: false };
const apply = (given: ReviewItem, name: string, actor: string, minutes = 0) => applyReviewCommand(given, order(name, actor), { ...time, now: at(minutes) });

describe('a claim', () => {
  it('keeps others away until it runs out; the first in the log has it', () => {
    const claimed = apply(item(), 'claim', 'ann').item;
    expect(claimed.claim).toEqual({ reviewer: 'ann', until: at(30).toISOString() });
    expect(apply(claimed, 'claim', 'bob', 29).refusal).toMatchObject({ code: 'claimed_by_another', reviewer: 'bob' });
    expect(apply(claimed, 'approve', 'bob', 29)).toMatchObject({ refusal: { code: 'claimed_by_another' }, item: { state: 'waiting', decisions: [], claim: { reviewer: 'ann' } } });
    expect(apply(claimed, 'claim', 'bob', 30).item.claim?.reviewer).toBe('bob');
  });

  it('is given back by who has it, and ends with the decision', () => {
    const claimed = apply(item(), 'claim', 'ann').item;
    expect(apply(claimed, 'release', 'bob').refusal?.code).toBe('claimed_by_another');
    expect(apply(claimed, 'release', 'ann').item.claim).toBeUndefined();
    expect(apply(claimed, 'approve', 'ann').item).not.toHaveProperty('claim');
  });
});

describe('a decision', () => {
  it('of one reviewer counts at once, with their reason', () => {
    const { item: rejected, conclusion } = apply(item(), 'reject', 'ann');
    expect(conclusion).toEqual({ state: 'rejected', reviewers: ['ann'] });
    expect(rejected).toMatchObject({ state: 'rejected', decisions: [{ reviewer: 'ann', decision: 'reject', reason: 'wrong page' }] });
    expect(apply(rejected, 'approve', 'bob').refusal?.code).toBe('already_decided');
  });

  it('puts another answer in place of the proposed one', () => {
    expect(apply(item(), 'edit', 'ann').conclusion).toEqual({ state: 'approved', output: 'Open Bills.', reviewers: ['ann'] });
  });

  it('of two reviewers counts when both have said the same, and each is asked once', () => {
    const first = apply(item({ reviewersNeeded: 2 }), 'approve', 'ann');
    expect(first).toMatchObject({ item: { state: 'waiting' } });
    expect(first.conclusion).toBeUndefined();
    expect(apply(first.item, 'approve', 'ann').refusal?.code).toBe('already_answered');
    expect(apply(first.item, 'claim', 'ann').refusal?.code).toBe('already_answered');
    expect(apply(first.item, 'approve', 'bob').conclusion).toMatchObject({ state: 'approved', reviewers: ['ann', 'bob'] });
    const disagreed = apply(first.item, 'reject', 'bob').item;
    expect(disagreed.state).toBe('waiting');
    expect(apply(disagreed, 'reject', 'cem').conclusion).toEqual({ state: 'rejected', reviewers: ['bob', 'cem'] });
  });

  it('keeps only what the database can', () => {
    const { item: edited } = applyReviewCommand(item(), order('edit', 'ann', { output: 'Open\0 Plan \ud83d', reason: 'half \udc00' }), time);
    expect(edited.decisions[0]).toMatchObject({ output: 'Open\ufffd Plan \ufffd', reason: 'half \ufffd' });
  });

  it('takes back what was accepted without a person', () => {
    expect(apply(item({ state: 'approved' }), 'reject', 'ann').item.state).toBe('withdrawn');
    expect(apply(item({ state: 'approved' }), 'approve', 'ann').refusal?.code).toBe('already_decided');
  });

  it('leaves an item that its event can carry, and keeps the last refusals', () => {
    let given = apply(item(), 'claim', 'ann').item;
    for (let i = 0; i < 8; i += 1) given = apply(given, 'approve', `r${i}`).item;
    expect(given.refusals?.map(({ reviewer }) => reviewer)).toEqual(['r3', 'r4', 'r5', 'r6', 'r7']);
    expect(reviewItemSchema.parse(given)).toEqual(given);
  });
});

describe('a decision that is taken back', () => {
  it('is gone from the decisions and kept on the record; the item is its reviewer\'s to decide again', () => {
    const approved = applyReviewCommand(item(), order('approve', 'ann'), { ...time, undoSeconds: 60 }).item;
    expect(approved).toMatchObject({ state: 'approved', undoUntil: at(1).toISOString() });
    const { item: again, conclusion } = apply(approved, 'reopen', 'ann', 2);
    expect(conclusion).toBeUndefined();
    expect(again).toMatchObject({ state: 'waiting', decisions: [], claim: { reviewer: 'ann' }, withdrawn: [{ reviewer: 'ann', decision: 'approve', withdrawnAt: at(2).toISOString(), withdrawnBecause: 'wrong page' }] });
    expect(again).not.toHaveProperty('undoUntil');
    expect(apply(again, 'reject', 'ann', 3).item.state).toBe('rejected');
    expect(reviewItemSchema.parse(again)).toEqual(again);
  });

  it('must be one\'s own, and in no dataset', () => {
    const approved = apply(item(), 'approve', 'ann').item;
    expect(apply(approved, 'reopen', 'bob')).toMatchObject({ refusal: { code: 'not_your_decision', commandId: 'c' }, item: { state: 'approved', decisions: [{ reviewer: 'ann' }] } });
    expect(applyReviewCommand(approved, order('reopen', 'ann'), { ...time, isIssued: true })).toMatchObject({ refusal: { code: 'in_dataset' }, item: { state: 'approved' } });
    const takenBack = apply(item({ state: 'approved' }), 'reject', 'ann').item;
    expect(apply(takenBack, 'reopen', 'ann').refusal?.code).toBe('in_dataset');
  });

  it('of two reviewers leaves the other\'s standing, and takes nothing from who holds the item', () => {
    const first = apply(item({ reviewersNeeded: 2 }), 'approve', 'ann').item;
    const held = apply(first, 'claim', 'bob').item;
    expect(apply(held, 'reopen', 'ann').item).toMatchObject({ decisions: [], claim: { reviewer: 'bob' } });
    const both = apply(first, 'approve', 'bob').item;
    expect(apply(both, 'reopen', 'ann').item).toMatchObject({ state: 'waiting', decisions: [{ reviewer: 'bob' }] });
  });

  it('changes nothing that the others have concluded without it', () => {
    const three = ['approve', 'reject', 'approve'].reduce((given, name, i) => apply(given, name, ['ann', 'bob', 'cem'][i] as string).item, item({ reviewersNeeded: 2 }));
    expect(apply(three, 'reopen', 'bob')).toMatchObject({ item: { state: 'approved' }, conclusion: { state: 'approved', reviewers: ['ann', 'cem'] } });
  });
});
