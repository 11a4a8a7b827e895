import { describe, expect, it } from '@jest/globals';
import type { ShownReview } from '@ratchet/console-api';
import { emptySession, heldBy, meant, NOTICES_MAX, type Session, sessionAfter, type SessionEvent, STEPS_MAX, toClaim } from './review-session';

const nowMs = Date.parse('2026-01-01T00:00:00Z');
const at = (minutes: number): string => new Date(nowMs + minutes * 60_000).toISOString();
const reviewer = 'ann';
const item = (exampleId: string, differs: Partial<ShownReview> = {}): ShownReview => ({
  exampleId, model: 'm', workload: 'w', opportunityId: 'o', input: `asked ${exampleId}`, output: 'a', source: 'correction', confidence: 0.5, reason: 'unsure', interactionIds: [], state: 'waiting', decisions: [], hiddenDecisions: 0, changedAt: at(0), ...differs,
});
const loaded = (...items: ShownReview[]): SessionEvent => ({ type: 'loaded', items, reviewer, nowMs });
const checked = (asked: string[], ...items: ShownReview[]): SessionEvent => ({ type: 'checked', asked, items, reviewer, nowMs });
const decided = (order: number, ...exampleIds: string[]): SessionEvent => ({ type: 'decided', order, kind: 'approve', exampleIds });
const run = (...events: SessionEvent[]): Session => events.reduce(sessionAfter, emptySession);
const abc = loaded(item('a'), item('b'), item('c'));
const said = (exampleId: string, commandId: string): ShownReview => item(exampleId, { state: 'approved', decisions: [{ reviewer, decision: 'approve', reason: 'r', decidedAt: at(0), commandId }] });
const refusedItem = (exampleId: string, commandId: string, code: 'claimed_by_another' | 'in_dataset', differs: Partial<ShownReview> = {}): ShownReview =>
  item(exampleId, { ...differs, refusals: [{ reviewer, command: code === 'in_dataset' ? 'review.reopen' : 'review.approve', code, refusedAt: at(0), commandId }] });

describe('what is offered', () => {
  it('is what waits, is not in another\'s hands, and is not answered; the first is looked at', () => {
    const { queue, cursor } = run(loaded(item('held', { claim: { reviewer: 'bob', until: at(1) } }), item('expired', { claim: { reviewer: 'bob', until: at(-1) } }), item('mine', { claim: { reviewer, until: at(1) } }), said('answered', 'c'), item('free')));
    expect([queue, cursor]).toEqual([['expired', 'mine', 'free'], 'expired']);
  });

  it('keeps its place when more comes, and loses what another took up meanwhile', () => {
    const session = run(abc, { type: 'moved', by: 1 }, loaded(item('d'), item('a')), checked(['c'], item('c', { claim: { reviewer: 'bob', until: at(5) } })));
    expect([session.queue, session.cursor]).toEqual([['a', 'b', 'd'], 'b']);
  });
});

describe('a decision', () => {
  it('shows the next item at once, and at the end of the queue the one before', () => {
    expect(run(abc, decided(1, 'a'))).toMatchObject({ queue: ['b', 'c'], cursor: 'b', done: 1, pending: { a: { kind: 'approve', order: 1 } } });
    expect(run(abc, { type: 'focused', exampleId: 'c' }, decided(1, 'c')).cursor).toBe('b');
    expect(run(loaded(item('a')), decided(1, 'a'))).toMatchObject({ queue: [], cursor: undefined });
  });

  it('is not offered again by an answer from before it, and is settled by its own event alone', () => {
    const sent = run(abc, decided(1, 'a'), { type: 'accepted', order: 1, commandId: 'c1' });
    expect(sessionAfter(sent, loaded(item('a'))).queue).toEqual(['b', 'c']);
    expect(sessionAfter(sent, checked(['a'], said('a', 'other'))).pending).toHaveProperty('a');
    expect(sessionAfter(sent, checked(['a'], said('a', 'c1')))).toMatchObject({ pending: {}, done: 1, notices: [] });
  });

  it('that was refused says why, counts no more, and cannot be undone', () => {
    const session = run(abc, decided(1, 'a'), { type: 'accepted', order: 1, commandId: 'c1' }, checked(['a'], refusedItem('a', 'c1', 'claimed_by_another', { claim: { reviewer: 'bob', until: at(5) } })));
    expect(session).toMatchObject({ queue: ['b', 'c'], done: 0, pending: {}, steps: [], notices: [{ exampleId: 'a', text: 'Your approval was refused: another reviewer has it.' }] });
  });

  it('that was refused for a while brings the item back where it is free by now', () => {
    const session = run(abc, decided(1, 'a'), { type: 'accepted', order: 1, commandId: 'c1' }, checked(['a'], refusedItem('a', 'c1', 'claimed_by_another')));
    expect([session.queue, session.cursor]).toEqual([['a', 'b', 'c'], 'a']);
  });

  it('that the console did not take is as if it had not been', () => {
    expect(run(abc, decided(1, 'a'), { type: 'failed', order: 1, text: 'Not done' })).toMatchObject({ queue: ['a', 'b', 'c'], cursor: 'a', done: 0, pending: {}, steps: [], notices: [{ text: 'Not done' }] });
  });

  it('on an item that is gone says so', () => {
    expect(run(abc, decided(1, 'a'), checked(['a', 'b']))).toMatchObject({ queue: ['c'], pending: {}, notices: [{ exampleId: 'a' }] });
  });

  it('on several takes all that are selected, as one step', () => {
    const selecting = run(abc, { type: 'selected', exampleId: 'a' }, { type: 'selected', exampleId: 'c' });
    expect(meant(selecting)).toEqual(['a', 'c']);
    const session = sessionAfter(selecting, decided(1, 'a', 'c'));
    expect(session).toMatchObject({ queue: ['b'], cursor: 'b', selected: [], done: 2, steps: [{ exampleIds: ['a', 'c'] }] });
    expect(meant(session)).toEqual(['b']);
  });
});

describe('undo', () => {
  it('brings a skipped item back without a word to anybody', () => {
    const skipped = run(abc, { type: 'skipped' });
    expect([skipped.queue, sessionAfter(skipped, loaded(item('a'))).queue]).toEqual([['b', 'c'], ['b', 'c']]);
    expect(sessionAfter(skipped, { type: 'undone', order: 1 })).toMatchObject({ queue: ['a', 'b', 'c'], cursor: 'a', pending: {}, skipped: [], steps: [] });
  });

  it('of a decision offers the item again at once, and waits for its event', () => {
    const undone = run(abc, decided(1, 'a'), { type: 'undone', order: 2 });
    expect(undone).toMatchObject({ queue: ['a', 'b', 'c'], cursor: 'a', done: 0, pending: { a: { kind: 'reopen', order: 2 } } });
    // The decision's own answer and event come late: neither is taken for the undoing.
    const late = [{ type: 'accepted', order: 1, commandId: 'c1' } as const, checked(['a'], said('a', 'c1'))].reduce(sessionAfter, undone);
    expect(late).toMatchObject({ queue: ['a', 'b', 'c'], pending: { a: { order: 2 } } });
    const withdrawn = item('a', { withdrawn: [{ reviewer, decision: 'approve', reason: 'r', decidedAt: at(0), withdrawnAt: at(1), withdrawnBecause: 'taken back', withdrawnBy: 'c2' }] });
    expect([{ type: 'accepted', order: 2, commandId: 'c2' } as const, checked(['a'], withdrawn)].reduce(sessionAfter, late)).toMatchObject({ queue: ['a', 'b', 'c'], pending: {} });
  });

  it('that was refused takes the item away again, and the decision counts', () => {
    const session = run(abc, decided(1, 'a'), { type: 'undone', order: 2 }, { type: 'accepted', order: 2, commandId: 'c2' }, checked(['a'], { ...said('a', 'c1'), ...refusedItem('a', 'c2', 'in_dataset', { state: 'approved' }) }));
    expect(session).toMatchObject({ queue: ['b', 'c'], done: 1, pending: {}, steps: [] });
    expect(session.notices[0]?.text).toContain('Your undo was refused: it is in a dataset');
  });

  it.each(['approve', 'edit', 'reject'] as const)('of an %s that the console did not take leaves it standing, to be undone as what it was', (kind) => {
    const session = run(abc, { type: 'decided', order: 1, kind, exampleIds: ['a'] }, { type: 'undone', order: 2 }, { type: 'failed', order: 2, text: 'Not done' });
    expect(session).toMatchObject({ queue: ['b', 'c'], cursor: 'b', done: 1, pending: {}, steps: [{ kind, exampleIds: ['a'] }], notices: [{ text: 'Not done' }] });
    expect(sessionAfter(session, { type: 'undone', order: 3 })).toMatchObject({ queue: ['a', 'b', 'c'], cursor: 'a', done: 0, pending: { a: { kind: 'reopen', order: 3, undoes: kind } } });
  });

  it('goes back step by step, and is bounded', () => {
    const steps = Array.from({ length: STEPS_MAX + 5 }, (_, i) => decided(i, `i${i}`));
    const session = run(loaded(...steps.map((_, i) => item(`i${i}`))), ...steps);
    expect(session.steps).toHaveLength(STEPS_MAX);
    expect(run(abc, decided(1, 'a'), decided(2, 'b'), { type: 'undone', order: 3 }, { type: 'undone', order: 4 })).toMatchObject({ queue: ['a', 'b', 'c'], steps: [] });
    expect(run(abc, { type: 'undone', order: 1 })).toMatchObject({ queue: ['a', 'b', 'c'] });
  });
});

describe('skipping', () => {
  it('goes on with the next page when the first is used up, and says how many were left', () => {
    const first = Array.from({ length: 50 }, (_, i) => item(`p${i}`));
    const session = run(loaded(...first), ...first.map((): SessionEvent => ({ type: 'skipped' })), loaded(...first, item('q0')));
    expect([session.queue, session.cursor, session.skipped.length]).toEqual([['q0'], 'q0', 50]);
  });

  it('of nothing does nothing', () => {
    expect(run({ type: 'skipped' })).toEqual(emptySession);
  });
});

describe('moving', () => {
  it('stays within the queue', () => {
    const by = (...steps: (1 | -1)[]) => run(abc, ...steps.map((step): SessionEvent => ({ type: 'moved', by: step }))).cursor;
    expect([by(-1), by(1), by(1, 1, 1), by(1, 1, -1)]).toEqual(['a', 'b', 'c', 'b']);
    expect(run({ type: 'moved', by: 1 }).cursor).toBeUndefined();
  });

  it('forgets nothing of what is selected, and selects all or none', () => {
    const all = run(abc, { type: 'selectedAll' });
    expect([all.selected, sessionAfter(all, { type: 'selectedAll' }).selected]).toEqual([['a', 'b', 'c'], []]);
  });
});

it('keeps the last notices, each until it is closed', () => {
  const failing = Array.from({ length: NOTICES_MAX + 2 }, (_, i): SessionEvent[] => [decided(i, 'a'), { type: 'failed', order: i, text: `n${i}` }]).flat();
  const { notices, ...session } = run(abc, ...failing);
  expect(notices.map(({ text }) => text)).toEqual(['n2', 'n3', 'n4', 'n5', 'n6']);
  expect(sessionAfter({ notices, ...session }, { type: 'noticed', id: notices[0]?.id ?? 0 }).notices).toHaveLength(NOTICES_MAX - 1);
});

describe('claims ahead', () => {
  const ahead = { reviewer, nowMs, low: 2, batch: 3 };
  it('asks for the next few where too few are held', () => {
    expect(toClaim(run(abc), ahead)).toEqual(['a', 'b', 'c']);
    expect(toClaim(run(loaded(item('a', { claim: { reviewer, until: at(9) } }), item('b'), item('c'))), ahead)).toEqual(['b', 'c']);
  });

  it('asks for nothing while enough are held, or all there are; one that ran out is none', () => {
    const held = (until: number) => loaded(item('a', { claim: { reviewer, until: at(until) } }), item('b', { claim: { reviewer, until: at(until) } }), item('c'));
    expect(toClaim(run(held(9)), ahead)).toEqual([]);
    expect(toClaim(run(held(-1)), ahead)).toEqual(['a', 'b', 'c']);
    expect(toClaim(run(loaded(item('a', { claim: { reviewer, until: at(9) } }))), ahead)).toEqual([]);
  });
});

describe('what is given back when the page is left', () => {
  it('is what is held or was asked for, and what an undoing gets back; nothing that was decided, nor what others hold', () => {
    const session = run(loaded(item('a', { claim: { reviewer, until: at(9) } }), item('b'), item('c', { claim: { reviewer, until: at(9) } }), item('d'), item('e')), decided(1, 'c'), decided(2, 'd'), { type: 'undone', order: 3 });
    expect(heldBy(session, reviewer, new Set(['b', 'c'])).map(({ exampleId }) => exampleId)).toEqual(['d', 'a', 'b']);
  });
});
