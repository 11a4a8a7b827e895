import { describe, expect, it } from '@jest/globals';
import { minimaOf, slopeOf } from './slope.js';
import { judgeSoak } from './verdict.js';
import type { SoakRun } from './verdict.js';

const MB = 1_048_576;
/** Garbage that grows and is collected, the same in each run. */
const saw = (second: number): number => (second * 7) % 40;

const runOf = ({ leak = 0, lagGrowth = 0, minutes = 3, ...other }: Partial<SoakRun> & { leak?: number; lagGrowth?: number; minutes?: number } = {}): SoakRun => ({
  samples: Array.from({ length: minutes * 30 + 1 }, (_, n) => {
    const second = n * 2;
    return { atSeconds: second, heap: { analyzer: (60 + saw(second) + (leak * second) / 3_600) * MB }, resident: { analyzer: (150 + saw(second) + (leak * second) / 3_600) * MB }, lag: { analyzer: saw(second) * 3 + lagGrowth * second } };
  }),
  seconds: minutes * 60, rate: 40, answered: 40 * minutes * 60, troubles: { 'dead letters': 0 }, ...other,
});

describe('a slope', () => {
  it('is that of a line, with an interval that holds it where there is noise', () => {
    expect(slopeOf([0, 1, 2, 3].map((atSeconds) => ({ atSeconds, value: 2 * atSeconds + 1 })))).toEqual({ estimate: 2, lower: 2, upper: 2 });
    // By hand: residuals -0.1, 0.3, -0.3, 0.1 of 1.2 x + 0.1, so s^2 = 0.1, sxx = 5, t(2) = 4.303.
    const { estimate, lower, upper } = slopeOf([[0, 0], [1, 1.6], [2, 2.2], [3, 3.8]].map(([atSeconds = 0, value = 0]) => ({ atSeconds, value })));
    expect(estimate).toBeCloseTo(1.2);
    expect(upper - lower).toBeCloseTo(2 * 4.303 * Math.sqrt(0.1 / 5));
  });

  it('needs three points', () => {
    expect(() => slopeOf([{ atSeconds: 0, value: 1 }, { atSeconds: 1, value: 2 }])).toThrow('three points');
  });

  it('of a saw is that of its feet', () => {
    const points = Array.from({ length: 120 }, (_, second) => ({ atSeconds: second, value: 100 + (second % 10) }));
    expect(minimaOf(points, 12).map(({ value }) => value)).toEqual(Array.from({ length: 12 }, () => 100));
  });
});

describe('the verdict of a soak', () => {
  it('takes a run that is flat but for its garbage', () => {
    expect(judgeSoak(runOf()).problems).toEqual([]);
    expect(judgeSoak(runOf({ minutes: 30 })).problems).toEqual([]);
  });

  it('finds a leak of 400 MB an hour in three minutes, and one of 40 in thirty', () => {
    expect(judgeSoak(runOf({ leak: 400 })).problems).toEqual(['the heap of analyzer grows']);
    expect(judgeSoak(runOf({ leak: 40 })).problems).toEqual([]);
    expect(judgeSoak(runOf({ leak: 40, minutes: 30 })).problems).toEqual(['the heap of analyzer grows']);
  });

  it('finds memory outside of the heap that grows', () => {
    const run = runOf({ minutes: 30 });
    const outside = run.samples.map((sample) => ({ ...sample, resident: { analyzer: (sample.resident['analyzer'] ?? 0) + (200 * MB * sample.atSeconds) / 3_600 } }));
    expect(judgeSoak({ ...run, samples: outside }).problems).toEqual(['the memory of analyzer grows']);
    // One step of it is all that a short run could see.
    const short = runOf();
    const step = short.samples.map((sample) => ({ ...sample, resident: { analyzer: (sample.resident['analyzer'] ?? 0) + (sample.atSeconds > 90 ? 80 * MB : 0) } }));
    expect(judgeSoak({ ...short, samples: step }).problems).toEqual([]);
  });

  it('does not take for growth what is given back early and taken again until it is settled', () => {
    const run = runOf({ minutes: 30 });
    const taken = (second: number): number => Math.min(100, second < 60 ? 50 : (second - 60) / 6) * MB;
    const settling = run.samples.map((sample) => ({ ...sample, resident: { analyzer: 150 * MB + taken(sample.atSeconds) } }));
    expect(judgeSoak({ ...run, samples: settling }).problems).toEqual([]);
  });

  it.each(['heap', 'resident'] as const)('does not take for flat a service without a figure of its %s', (key) => {
    const run = runOf();
    const samples = run.samples.map((sample) => ({ ...sample, [key]: { analyzer: Number.NaN } }));
    expect(judgeSoak({ ...run, samples }).problems).toEqual([`the ${key === 'heap' ? 'heap' : 'memory'} of analyzer was not measured`]);
  });

  it('judges a group that was first seen later, and leaves out one that was hardly seen', () => {
    const run = runOf();
    const samples = run.samples.map((sample, n) => ({ ...sample, lag: { ...sample.lag, ...(n > 10 && { late: 50 * n }), ...(n === 11 && { once: 1 }) } }));
    const { lag, problems } = judgeSoak({ ...run, samples });
    expect(lag.map(({ of }) => of)).toEqual(['analyzer', 'late']);
    expect(problems).toEqual(['the lag of late grows']);
  });

  it.each([
    [{ lagGrowth: 10 }, 'the lag of analyzer grows'],
    [{ troubles: { 'dead letters': 2 } }, 'dead letters: 2'],
    [{ answered: 6_000 }, '33.3 of 40 requests a second were answered'],
  ])('refuses %j', (change, problem) => {
    expect(judgeSoak(runOf(change)).problems).toEqual([problem]);
  });
});
