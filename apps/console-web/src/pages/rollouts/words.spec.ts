import { describe, expect, it } from '@jest/globals';
import type { RolloutTerms } from '@ratchet/domain';
import { actorInWords, fateInWords, partsOf, stateInWords, testName, whatWouldAdvance, whatWouldRollBack } from './words';

const rollout = { state: 'RUNNING(2)', stage: 2, share: 0.05, version: 'v2', baseVersion: 'v1', revertedAt: null };
const terms: RolloutTerms = { shares: [0.01, 0.5, 0.95], minSamples: [50, 200, 200], minStayMs: [0, 3_600_000, 0], maxStageMs: 1e9, approvalStages: [3], margin: 0.05, alpha: 0.05, tau: 0.05, minTestSample: 50, productionBaselineBelowShare: 0.05 };
const test = { name: 'success_rate', value: 0.03, lower: -0.04, upper: 0.1, threshold: 0, verdict: 'open' };

describe('a state in words', () => {
  it.each([
    [{ state: 'RUNNING(2)' }, /serves 5 % of the traffic in stage 2; v1 serves the rest/],
    [{ state: 'HOLDING(stale)' }, /no data of the candidate/],
    [{ state: 'HOLDING(new_reason)' }, /new_reason/],
    [{ state: 'PAUSED' }, /paused by a person/],
    [{ state: 'AWAITING_APPROVAL', stage: 0 }, /before it gets any traffic/],
    [{ state: 'AWAITING_APPROVAL(2)' }, /approval for stage 3/],
    [{ state: 'PROMOTED', revertedAt: '2026-01-01T00:00:00Z' }, /brought the version before it back/],
    [{ state: 'ROLLED_BACK' }, /v1 serves all traffic/],
    [{ state: 'SOMETHING' }, /is SOMETHING/],
  ])('%j', (parts, words) => {
    expect(stateInWords({ ...rollout, ...parts })).toMatch(words);
  });

  it('knows the parts of a state, and names who acts', () => {
    expect(partsOf('HOLDING(srm)')).toEqual({ status: 'HOLDING', detail: 'srm' });
    expect(partsOf('PAUSED')).toEqual({ status: 'PAUSED', detail: null });
    expect([actorInWords('human:ada'), actorInWords('policy:rollout-2'), actorInWords('x')]).toEqual(['ada', 'the controller (rollout-2)', 'x']);
  });
});

describe('what would roll a candidate back', () => {
  it('is told with the bound that counts and where it is now', () => {
    expect(whatWouldRollBack(test)).toBe('Success rate, this stage: goes back when the upper bound falls below 0.00; it is 0.100 now.');
    expect(whatWouldRollBack({ ...test, verdict: 'harm' })).toMatch(/harm is shown/);
    expect(whatWouldRollBack({ ...test, upper: null })).toMatch(/too few/);
    expect(whatWouldRollBack({ ...test, name: 'unsafe_answers', value: 0.36, threshold: 20 })).toMatch(/reaches 20.0; it is 0.360/);
  });

  it('is told of no proof: a proof that fails holds', () => {
    expect(whatWouldRollBack({ ...test, name: 'success_rate_all_stages_proof' })).toBeNull();
    expect(testName({ name: 'quality_relevance_rules_proof' })).toBe('Quality relevance rules: proof');
  });
});

describe('what would make it advance', () => {
  const now = { state: 'RUNNING(2)', stage: 2, terms, units: 150, stageSinceMs: 0, nowMs: 1_800_000, tests: [{ ...test, name: 'success_rate_all_stages_proof' }] };

  it('counts what is missing: sample, time, approval and proof', () => {
    expect(whatWouldAdvance(now)).toEqual([
      '150 of 200 conversations of the candidate have settled in this stage.', 'The stage lasts 30 min more.', "Stage 3 needs a person's approval.", 'Before the last stage every test must prove that the candidate is not worse.',
      'After that it gets 95 % of the traffic.', 'Not yet proven: Success rate, all stages: proof.',
    ]);
  });

  it('says when sample and time are there, and that the last stage ends in a promotion', () => {
    const words = whatWouldAdvance({ ...now, stage: 3, units: 500, tests: [], nowMs: 4_000_000 });
    expect(words).toEqual(['The minimum sample is there: 500 of 200 conversations.', 'The minimum time in this stage is over.', 'After that it is promoted.']);
  });

  it('asks for a resume first where a person paused it, and says nothing of what is over', () => {
    expect(whatWouldAdvance({ ...now, state: 'PAUSED' })[0]).toMatch(/resume/);
    expect(whatWouldAdvance({ ...now, state: 'PROMOTED' })).toEqual([]);
  });
});

describe('what became of an order', () => {
  it('claims no more than was told', () => {
    expect(fateInWords('ordered', null)).toMatch(/not answered yet/);
    expect(fateInWords('obeyed', 'PAUSED')).toMatch(/done it: PAUSED/);
    expect(fateInWords('obeyed', 'held')).toMatch(/If the controller refuses/);
    expect(fateInWords('refused', 'it is paused already')).toBe('it is paused already');
  });
});
