import { describe, expect, it } from '@jest/globals';
import { commandSchema, erasureCompleted, reviewChanged } from '@ratchet/domain';
import type { ReviewDecision, ReviewItem } from '@ratchet/domain';
import { cliEvent } from '../stack/cli-event.js';
import { printItem, printStats } from './print-review.js';
import { reviewCommands } from './review-orders.js';
import { claimable, ReviewQueue, statsOf } from './review-queue.js';

const target = { model: 'assistant', workload: 'default' };
const nowMs = Date.parse('2026-01-01T00:00:00Z');
const inMinutes = (minutes: number): string => new Date(nowMs + minutes * 60_000).toISOString();
const decision = (reviewer: string, kind: ReviewDecision['decision']): ReviewDecision => ({ reviewer, decision: kind, reason: 'r', decidedAt: inMinutes(0) });
const item = (exampleId: string, differs: Partial<ReviewItem> = {}): ReviewItem => ({
  exampleId, ...target, opportunityId: 'o', input: 'q', output: 'a', source: 'correction', confidence: 0.4, reason: 'unsure', interactionIds: [], state: 'waiting', decisions: [], ...differs,
});
const changed = (given: ReviewItem) => cliEvent(reviewChanged, { item: given, changedAt: inMinutes(0) });

describe('ReviewQueue', () => {
  it('knows the last change of each item, and none that was erased', () => {
    const queue = new ReviewQueue();
    for (const event of [changed(item('a')), changed(item('b')), changed(item('a', { state: 'approved' })), changed(item('c', { model: 'other' }))]) queue.take(event);
    queue.take(cliEvent(erasureCompleted, { erasureId: 'x', ...target, service: 's', userHash: 'h', removed: {}, exampleIds: ['b'], datasetIds: [], versions: [], completedAt: inMinutes(0) }));
    expect(queue.select({}).map(({ exampleId }) => exampleId)).toEqual(['a', 'c']);
    expect(queue.select({ state: 'approved', ...target }).map(({ exampleId }) => exampleId)).toEqual(['a']);
  });
});

describe('claimable', () => {
  it('gives what is free, and first what is in your hands already', () => {
    const claim = (reviewer: string, minutes: number) => ({ claim: { reviewer, until: inMinutes(minutes) } });
    const items = [item('free'), item('mine', claim('ann', 5)), item('theirs', claim('bob', 5)), item('run out', claim('bob', 0)), item('said', { decisions: [decision('ann', 'approve')] }), item('done', { state: 'approved' })];
    expect(claimable(items, { actor: 'ann', nowMs }).map(({ exampleId }) => exampleId)).toEqual(['mine', 'free', 'run out']);
  });
});

describe('statsOf', () => {
  it('counts decisions, and the agreement of pairs', () => {
    const pair = (a: ReviewDecision['decision'], b: ReviewDecision['decision']) => item('p', { state: 'approved', reviewersNeeded: 2, decisions: [decision('ann', a), decision('bob', b)] });
    const stats = statsOf([pair('approve', 'approve'), pair('approve', 'approve'), pair('reject', 'reject'), pair('approve', 'edit'), item('w')]);
    expect(stats.bySource).toEqual([{ source: 'correction', decisions: 8, approved: 5, edited: 1, rejected: 2 }]);
    expect(stats.agreement).toMatchObject({ n: 4, observed: 0.75 });
    expect(stats.agreement.kappa).toBeCloseTo(0.5, 10);
    expect(printStats(stats)).toContain('4 items, agreed on 75 %, kappa 0.50');
    expect(statsOf([]).agreement).toEqual({ n: 0, observed: null, kappa: null, lower: null, upper: null });
  });
});

describe('printItem', () => {
  it('keeps texts on their line, and the first decision from the second reviewer', () => {
    const text = printItem(item('a', { input: 'red \u001b[31m\nx', reviewersNeeded: 2, decisions: [decision('ann', 'reject')] }), nowMs);
    expect(text).not.toContain('\u001b');
    expect(text.split('\n')).toHaveLength(4);
    expect(text).toContain('1 of 2 reviewers');
    expect(text).not.toMatch(/reject|ann/);
  });

  it('says what was refused, and to whom', () => {
    const refusals = [{ reviewer: 'bob', command: 'review.approve', code: 'claimed_by_another', refusedAt: inMinutes(0) } as const];
    expect(printItem(item('a', { refusals }), nowMs)).toContain('review.approve of bob, 2026-01-01T00:00:00.000Z: claimed_by_another');
  });
});

describe('reviewCommands', () => {
  it('puts many items into several commands, each item once', () => {
    const exampleIds = Array.from({ length: 450 }, (_, i) => `e${i % 430}`);
    const commands = reviewCommands('approve', { target, exampleIds, person: { actor: 'ann', reason: 'right' } });
    expect(commands.map(({ data }) => (data as { exampleIds: string[] }).exampleIds.length)).toEqual([200, 200, 30]);
    for (const { data } of commands) expect(commandSchema.safeParse(data).success).toBe(true);
    expect(() => reviewCommands('approve', { target, exampleIds: [], person: { actor: 'ann', reason: 'right' } })).toThrow(/name the items/);
  });
});
