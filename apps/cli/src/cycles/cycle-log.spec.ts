import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { alertRaised, commandIssued, trainingFailed } from '@ratchet/domain';
import type { Command } from '@ratchet/domain';
import { at, judged, registered, started, target } from '../registry/sample-versions.js';
import { cliEvent } from '../stack/cli-event.js';
import { CycleLog, stateOfCycle } from './cycle-log.js';
import { CycleFollower } from './follow-cycles.js';
import { printCycle } from './print-cycle.js';

const failed = (code?: 'cancelled'): EventEnvelope => cliEvent(trainingFailed, { cycleId: 'c1', ...target, trainingRunId: 'r', baseVersion: 'v1', reason: 'no', failedAt: at(2), ...(code && { code }) });
const rejection: EventEnvelope = cliEvent(commandIssued, { name: 'candidate.reject', commandId: 'x', actor: 'ann', reason: 'r', ...target, version: 'v2', issuedAt: at(4) } satisfies Command);
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
