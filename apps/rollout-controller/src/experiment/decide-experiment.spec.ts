import { describe, expect, it } from '@jest/globals';
import type { Command } from '@ratchet/domain';
import { rolloutPolicySchema } from '../rollout/rollout-policy.js';
import { decideExperiment } from './decide-experiment.js';
import { type ArmCounts, type ExperimentCounts, noCounts } from './experiment-counts.js';
import { type ExperimentDecision, type ExperimentEvent, experimentPolicyOf } from './experiment-decision.js';
import { settingsOf, type StartCommand, whyNotSettings } from './experiment-settings.js';
import { type ExperimentState, newExperiment, replayExperiment } from './experiment-state.js';
import { informationFraction, isLookDue, plannedPValue } from './looks.js';
import { adjustedDifferenceOf } from './rate-difference.js';
import { segmentsOf } from './segments.js';

const policy = experimentPolicyOf(rolloutPolicySchema.parse({}));
const fields = { commandId: 'e1', actor: 'ann', reason: 'which is better', model: 'm', workload: 'w', issuedAt: '2026-01-01T00:00:00Z' };
const startOf = (differs: Partial<StartCommand> = {}): StartCommand => ({ name: 'experiment.start', ...fields, treatment: 'v2', ...differs });
const stopping: Extract<Command, { name: 'experiment.stop' }> = { name: 'experiment.stop', ...fields, commandId: 'c2', reason: 'enough' };

const begin = (differs: Partial<StartCommand> = {}): { readonly initial: ExperimentState; readonly begun: ExperimentDecision } => {
  const initial = newExperiment({ experimentId: 'e1', target: { model: 'm', workload: 'w' }, treatment: 'v2', orderedBy: 'human:ann', orderReason: 'r', controlIsChampion: true, settings: settingsOf(startOf(differs)) }, 'v1');
  const ordered = decideExperiment(initial, { type: 'ordered', at: 0, commandId: 'e1' }, policy);
  const begun = decideExperiment(ordered.state, { type: 'considered', at: 0, champion: 'v1', placeFree: true }, policy);
  return { initial, begun: { ...begun, transitions: [...ordered.transitions, ...begun.transitions] } };
};
const arm = (units: number, failed: number, differs: Partial<ArmCounts> = {}): ArmCounts => ({ ...noCounts, units, failed, requests: units, ...differs });
const counts = (treatment: ArmCounts, control: ArmCounts): ExperimentCounts => ({ treatment, control, segments: [], lastDataAt: 1 });
const evaluate = (state: ExperimentState, seen: ExperimentCounts, at = 1): ExperimentDecision => decideExperiment(state, { type: 'evaluated', at, champion: 'v1', counts: seen }, policy);
const types = ({ effects }: ExperimentDecision): string[] => effects.map(({ type }) => type);

describe('an experiment with a declared end', () => {
  it('starts with both arms routed, by the person who ordered it', () => {
    const { begun } = begin();
    expect(begun.state).toMatchObject({ status: 'running', control: 'v1' });
    expect(begun.transitions.at(-1)).toMatchObject({ actor: 'human:ann', to: 'running' });
    expect(begun.effects).toEqual([{ type: 'route', on: true }]);
  });

  it('waits where a rollout has the traffic, and is cancelled where its treatment became the champion', () => {
    const { initial } = begin();
    const consider = (champion: string, placeFree: boolean): ExperimentEvent => ({ type: 'considered', at: 1, champion, placeFree });
    expect(decideExperiment(initial, consider('v1', false), policy).transitions).toEqual([]);
    expect(decideExperiment(initial, consider('v2', true), policy).state.status).toBe('cancelled');
  });

  it('looks only where the plan says so, and ends where a bound is crossed', () => {
    let { state } = begin().begun;
    expect(evaluate(state, counts(arm(199, 20), arm(199, 30))).transitions).toEqual([]);
    // p is 0.04 here by an ordinary test: the first bound is 4.88 standard errors.
    const first = evaluate(state, counts(arm(200, 20), arm(200, 34)));
    expect(first.state).toMatchObject({ status: 'running', fractions: [0.2] });
    state = first.state;
    expect(evaluate(state, counts(arm(201, 20), arm(201, 34))).transitions).toEqual([]);
    const ended = evaluate(state, counts(arm(600, 60), arm(600, 120)));
    expect(ended.state).toMatchObject({ status: 'concluded', verdict: 'treatment_wins', fractions: [0.2, 0.6] });
    expect(types(ended)).toEqual(['route', 'conclude']);
    expect(ended.state.reading?.pValue).toBeLessThan(0.001);
  });

  it.each([
    ['no_difference', 100, 102],
    ['inconclusive', 150, 175],
    ['control_wins', 210, 150],
  ] as const)('ends with %s', (verdict, treatment, control) => {
    expect(evaluate(begin().begun.state, counts(arm(1000, treatment), arm(1000, control))).state.verdict).toBe(verdict);
  });

  it('opens a rollout of the winner only where that was asked for', () => {
    const won = counts(arm(1000, 80), arm(1000, 160));
    expect(types(evaluate(begin().begun.state, won))).not.toContain('openRollout');
    expect(types(evaluate(begin({ onWin: 'rollout' }).begun.state, won))).toContain('openRollout');
  });

  it('has no winner where the split is broken, and says so at once and at the end', () => {
    const held = evaluate(begin().begun.state, counts(arm(200, 10), arm(350, 90)));
    expect(held.state).toMatchObject({ status: 'held', hold: 'split' });
    expect(types(held)).toEqual(['raiseAlert']);
    const ended = evaluate(held.state, counts(arm(900, 50), arm(1300, 300)));
    expect(ended.state).toMatchObject({ status: 'concluded', verdict: 'inconclusive' });
    expect(ended.transitions[0]?.reason).toContain('split is broken');
    expect(types(ended)).toContain('resolveAlert');
  });

  it.each([
    ['unsafe answers', arm(50, 5, { unsafe: 2 })],
    ['errors', arm(50, 5, { requests: 100, errors: 60 })],
  ])('ends at once by %s of the treatment', (_, treatment) => {
    const ended = evaluate(begin().begun.state, counts(treatment, arm(50, 5, { requests: 100 })));
    expect(ended.state).toMatchObject({ status: 'concluded', verdict: 'control_wins' });
    expect(types(ended)).toEqual(['route', 'raiseAlert', 'conclude']);
  });

  it('holds while no counts come, and goes on when they do', () => {
    const { state } = begin().begun;
    const silent = evaluate(state, counts(arm(10, 1), arm(10, 1)), 31 * 60_000);
    expect(silent.state).toMatchObject({ status: 'held', hold: 'no_data', verdict: null });
    const again = evaluate(silent.state, { ...counts(arm(10, 1), arm(10, 1)), lastDataAt: 31 * 60_000 }, 32 * 60_000);
    expect(again.state.status).toBe('running');
    expect(types(again)).toEqual(['resolveAlert']);
  });

  it('concludes with what stands when it is stopped, and only then', () => {
    const stop = (state: ExperimentState, seen: ExperimentCounts): ExperimentDecision => decideExperiment(state, { type: 'stopped', at: 5, command: stopping, counts: seen }, policy);
    const { initial, begun } = begin();
    expect(stop(begun.state, counts(arm(300, 30), arm(300, 45))).state.verdict).toBe('inconclusive');
    expect(stop(begun.state, counts(arm(300, 10), arm(300, 120))).state.verdict).toBe('treatment_wins');
    expect(stop(begun.state, counts(arm(5, 0), arm(5, 5))).state).toMatchObject({ verdict: 'inconclusive', reading: { lower: -1, upper: 1 } });
    const over = stop(begun.state, counts(arm(300, 30), arm(300, 45)));
    expect(types(stop(over.state, counts(arm(300, 30), arm(300, 45))))).toEqual(['refuse']);
    expect(replayExperiment(initial, [...begun.transitions, ...over.transitions])).toEqual(over.state);
  });
});

describe('an experiment without an end', () => {
  it('says nothing before 100 units an arm, and concludes when its interval does', () => {
    const { state } = begin({ plan: { type: 'open' } }).begun;
    expect(evaluate(state, counts(arm(99, 1), arm(99, 60))).transitions).toEqual([]);
    expect(evaluate(state, counts(arm(400, 20), arm(400, 120))).state.verdict).toBe('treatment_wins');
    const open = evaluate(state, counts(arm(400, 60), arm(400, 66)));
    expect(open.state).toMatchObject({ status: 'running', unitsRead: 800 });
    expect(evaluate(open.state, counts(arm(500, 76), arm(500, 80))).transitions).toEqual([]);
  });
});

describe('the parts of a reading', () => {
  it('has all the information when the smaller arm has its units at the planned shares', () => {
    const shares = { share: 0.1, controlShare: 0.9 };
    expect(informationFraction({ treatment: 500, control: 4500, shares, unitsPerArm: 500 })).toBeCloseTo(1, 12);
    expect(informationFraction({ treatment: 100, control: 900, shares, unitsPerArm: 500 })).toBeCloseTo(0.2, 12);
  });

  it('takes a late look at the fraction that there is, and none too near the last one', () => {
    const plan = { type: 'fixed', unitsPerArm: 1000, looks: 5 } as const;
    expect([{ fraction: 0.19, before: 0 }, { fraction: 0.33, before: 0 }, { fraction: 0.4, before: 0.39 }, { fraction: 0.99, before: 0.7 }, { fraction: 1, before: 0.99 }].map((at) => isLookDue(plan, at))).toEqual([false, true, false, false, true]);
  });

  it('has the p-value 0.05 exactly at a bound, from the published table for five looks', () => {
    const z = [4.877, 3.357, 2.68, 2.29, 2.031];
    [2, 3, 4].forEach((look) => {
      const fractions = [0.2, 0.4, 0.6, 0.8, 1].slice(0, look + 1);
      expect(plannedPValue({ difference: z[look] ?? 0, variance: 1 }, fractions)).toBeCloseTo(0.05, 3);
    });
  });

  it('takes out what a covariate explains, and nothing where too few have it', () => {
    const sums = (count: number) => ({ count, sumX: 0, sumXX: count, sumY: 20, sumXY: 12 });
    const adjusted = adjustedDifferenceOf({ control: arm(100, 20, { covariate: sums(100) }), treatment: arm(100, 20, { covariate: { ...sums(100), sumX: 10 } }) });
    expect(adjusted?.varianceRatio).toBeLessThan(0.95);
    // The treatment drew units that fail more by themselves, and failed no more.
    expect(adjusted?.difference).toBeGreaterThan(0);
    expect(adjustedDifferenceOf({ control: arm(100, 20, { covariate: sums(94) }), treatment: arm(100, 20, { covariate: sums(100) }) })).toBeUndefined();
  });

  it('reads segments with p-values for all of them together, the largest by name and the rest as one', () => {
    const same = { treatment: { units: 200, failed: 30 }, control: { units: 200, failed: 30 } };
    const many = Array.from({ length: 30 }, (_, i) => ({ segment: `s${i}`, ...same }));
    const read = segmentsOf({ counts: { ...counts(noCounts, noCounts), segments: [...many, { segment: 'big', treatment: { units: 900, failed: 20 }, control: { units: 900, failed: 200 } }] }, alpha: 0.05, margin: 0.05 });
    expect(read).toHaveLength(21);
    expect(read[0]).toMatchObject({ segment: 'big', verdict: 'treatment_wins' });
    expect(read.at(-1)).toMatchObject({ segment: 'other', treatment: { units: 2200 } });
    expect(read.slice(1).every(({ pValue }) => pValue === 1)).toBe(true);
  });

  it('refuses shares and looks that cannot be', () => {
    const why = (differs: Partial<StartCommand>): string | undefined => whyNotSettings(settingsOf(startOf(differs)));
    expect(why({})).toBeUndefined();
    expect(why({ share: 1 })).toContain('both arms need traffic');
    expect(why({ share: 0.6, controlShare: 0.6 })).toContain('1.2 of the traffic');
    expect(why({ plan: { type: 'fixed', unitsPerArm: 50, looks: 20 } })).toContain('plan fewer looks');
  });
});
