import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { alertRaised, commandIssued, rolloutAdvanced, trainingFailed } from '@ratchet/domain';
import type { Command } from '@ratchet/domain';
import { at, judged, registered, started, target } from '../registry/sample-versions.js';
import { cliEvent } from '../stack/cli-event.js';
import { CycleLog, stateOfCycle } from './cycle-log.js';
import { CycleFollower } from './follow-cycles.js';
import { printCycle } from './print-cycle.js';

const failed = (code?: 'cancelled'): EventEnvelope => cliEvent(trainingFailed, { cycleId: 'c1', ...target, trainingRunId: 'r', baseVersion: 'v1', reason: 'no', failedAt: at(2), ...(code && { code }) });
const rejection: EventEnvelope = cliEvent(commandIssued, { name: 'candidate.reject', commandId: 'x', actor: 'ann', reason: 'r', ...target, version: 'v2', issuedAt: at(4) } satisfies Command);
const counts = { units: 0, failedUnits: 0, outcomes: 0, failures: 0, errors: 0, unsafe: 0, latencyP95Ms: null };
const moved = (sequence: number, from: string, to: string, actor = 'policy'): EventEnvelope =>
  cliEvent(rolloutAdvanced, { rolloutId: 'ro', cycleId: 'c1', ...target, version: 'v2', previousVersion: 'v1', actor, reason: 'r', sequence, from, to, stage: 0, share: 0, evidence: { candidate: counts, control: counts, tests: [], formulaVersion: '1' }, advancedAt: at(5) });
const logOf = (events: readonly EventEnvelope[]): CycleLog => {
  const log = new CycleLog();
  for (const event of events) log.take(event);
  return log;
};

describe('a cycle', () => {
  it.each([
    ['training', []],
    ['failed', [failed()]],
    ['cancelled', [failed('cancelled')]],
    ['judging', [registered('c1', 'v2')]],
    ['rollout', [registered('c1', 'v2'), judged('c1', 'v2', 'passed')]],
    ['rejected', [registered('c1', 'v2'), judged('c1', 'v2', 'failed')]],
    ['insufficient', [registered('c1', 'v2'), judged('c1', 'v2', 'insufficient', 'more_data')]],
    ['waiting for a person', [registered('c1', 'v2'), judged('c1', 'v2', 'insufficient', 'person')]],
    ['rejected', [registered('c1', 'v2'), judged('c1', 'v2', 'insufficient', 'person'), rejection]],
    // The rollout-controller tells of the wait in the same breath.
    ['waiting for a person', [registered('c1', 'v2'), judged('c1', 'v2', 'insufficient', 'person'), moved(1, 'DRAFT', 'AWAITING_APPROVAL')]],
    ['rollout', [registered('c1', 'v2'), judged('c1', 'v2', 'insufficient', 'person'), moved(1, 'DRAFT', 'AWAITING_APPROVAL'), moved(2, 'AWAITING_APPROVAL', 'DRAFT', 'human:ann')]],
    ['insufficient', [registered('c1', 'v2'), judged('c1', 'v2', 'insufficient', 'person'), moved(1, 'DRAFT', 'AWAITING_APPROVAL'), moved(2, 'AWAITING_APPROVAL', 'CANCELLED')]],
    ['rejected', [registered('c1', 'v2'), judged('c1', 'v2', 'insufficient', 'person'), moved(2, 'AWAITING_APPROVAL', 'CANCELLED', 'human:ann')]],
    ['superseded', [registered('c1', 'v2'), judged('c1', 'v2', 'passed'), moved(1, 'DRAFT', 'SUPERSEDED')]],
    ['rollout', [registered('c1', 'v2'), judged('c1', 'v2', 'passed'), moved(3, 'RUNNING(1)', 'AWAITING_APPROVAL(1)')]],
  ] as const)('is %s', (state, events) => {
    for (const order of [[started('c1'), ...events], [...events, started('c1')].reverse()]) {
      const cycle = logOf(order).get('c1');
      expect(cycle && stateOfCycle(cycle)).toBe(state);
    }
  });

  it('is printed with what its triggers saw', () => {
    const cycle = logOf([started('c1'), registered('c1', 'v2')]).get('c1');
    expect(cycle && printCycle(cycle)).toContain('saw         newExamples 1200');
  });
});

describe('the verdict of a cycle', () => {
  const evidence = { suiteHash: 'ab'.repeat(32), items: { target: 40, general: 1_000, safety: 4_000 }, leaked: 2, leakedItemIds: ['general:g:q1', 'general:g:q2'], scorers: [{ name: 'exact', items: 1_040 }] };
  const verdict = judged('c1', 'v2', 'passed');
  const printed = (differs: object): string => printCycle(logOf([started('c1'), registered('c1', 'v2'), { ...verdict, data: { ...(verdict.data as object), ...differs } }]).get('c1') ?? { cycleId: 'c1' });

  it('is printed with the suite that it rests on, and what had leaked', () => {
    expect(printed({ evidence })).toContain(`suite       ${'ab'.repeat(32)}: 40 target, 1000 general and 4000 safety items\nleaked      2 items were among the training examples (general:g:q1, general:g:q2)\nscored by   exact 1040`);
  });

  it('is printed without, where the evaluator did not tell', () => {
    expect(printed({})).not.toMatch(/^suite/mu);
  });
});

describe('a person who began a cycle', () => {
  it('gets the answer to this command alone', async () => {
    const follower = new CycleFollower();
    const answer = follower.until(() => follower.answerTo('mine'), 5_000);
    follower.take({ ...started('c1'), causationid: 'of another' });
    follower.take({ ...started('c2'), causationid: 'mine' });
    expect(await answer).toEqual({ cycleId: 'c2' });
  });

  it('is told why none was begun, and not made to wait for ever', async () => {
    const follower = new CycleFollower();
    follower.take({ ...cliEvent(alertRaised, { alertId: 'a', workload: 'default', name: 'training_not_started', severity: 'info', message: 'no example waits', raisedAt: at(1) }), causationid: 'mine' });
    expect(await follower.until(() => follower.answerTo('mine'), 5_000)).toEqual({ refusal: 'no example waits' });
    expect(await follower.until(() => follower.answerTo('another'), 1)).toBeUndefined();
  });
});
