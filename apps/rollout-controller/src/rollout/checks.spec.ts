import { describe, expect, it } from '@jest/globals';
import { histogramOf } from '@ratchet/domain';
import { checkLatency, checkSafety, checkSampleRatio } from './checks.js';
import type { StageTally } from './evidence.js';
import { arm, evidenceOf, quickPolicy, tally } from './rollout-driver.fixture.js';

const input = (stages: readonly StageTally[], stage = 1, fromStage = 1) => ({ evidence: evidenceOf(stages), stage, fromStage, policy: quickPolicy(), references: { success: 0.85 } });

const unsafe = (n: number, count: number) => tally(1, arm(n, 0.1, { unsafe: count }), arm(n));

describe('checkSafety', () => {
  it.each([
    [2, 179, 'harm'],
    [2, 180, 'ok'],
    [3, 435, 'harm'],
    [5, 946, 'harm'],
    [1, 1, 'ok'],
    [0, 0, 'ok'],
  ])('with %i unsafe answers in %i requests says %s', (count, n, verdict) => {
    expect(checkSafety(input([unsafe(n, count)])).verdict).toBe(verdict);
  });

  it('adds the unsafe answers of all stages up', () => {
    expect(checkSafety(input([unsafe(60, 1), tally(2, arm(60, 0.1, { unsafe: 1 }), arm(60))], 2)).verdict).toBe('harm');
  });

  it('leaves out what was seen before a person overrode it', () => {
    expect(checkSafety(input([unsafe(60, 5), tally(2, arm(60), arm(60))], 2, 2)).verdict).toBe('ok');
  });

  it('takes a signal that came before its request was counted', () => {
    expect(checkSafety(input([tally(1, arm(0, 0, { unsafe: 2 }), arm(0))])).verdict).toBe('harm');
  });
});

describe('checkSampleRatio', () => {
  it.each([
    [500, 500, 1, 'ok'],
    [500, 300, 1, 'broken'],
    [9, 9, 1, 'open'],
    [0, 0, 1, 'open'],
    [950, 50, 5, 'ok'],
    [500, 500, 5, 'broken'],
  ])('with %i against %i conversations in stage %i says %s', (candidate, control, stage, verdict) => {
    expect(checkSampleRatio(input([tally(stage, arm(candidate), arm(control))], stage)).verdict).toBe(verdict);
  });
});

describe('checkLatency', () => {
  const slow = (n: number, ms: number) => arm(n, 0, { latencyMs: histogramOf(Array.from({ length: n }, (_, i) => ms * (0.8 + (0.4 * i) / n))) });
  const check = (candidate: ReturnType<typeof slow>, baseline: ReturnType<typeof slow>) => checkLatency({ candidate, baseline }, quickPolicy(), 0.0015).verdict;

  it('calls a clear slow-down harm', () => {
    expect(check(slow(300, 2000), slow(300, 1000))).toBe('harm');
  });

  it('tolerates a slow-down within the ratio', () => {
    expect(check(slow(300, 1200), slow(300, 1000))).toBe('ok');
  });

  it('does not mind milliseconds that nobody feels', () => {
    expect(check(slow(300, 9), slow(300, 3))).toBe('ok');
  });

  it('says nothing before each arm has its requests', () => {
    expect(check(slow(199, 2000), slow(300, 1000))).toBe('open');
  });

  it('does not take a few slow requests for a slow version', () => {
    const mixed = (slowOnes: number) => arm(200, 0, { latencyMs: histogramOf([...Array.from({ length: 200 - slowOnes }, () => 200), ...Array.from({ length: slowOnes }, () => 3000)]) });
    expect(check(mixed(12), mixed(6))).toBe('ok');
  });
});
