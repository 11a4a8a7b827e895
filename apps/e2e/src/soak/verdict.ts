import { minimaOf, slopeOf } from './slope.js';
import type { Point, Slope } from './slope.js';

/** What was seen at one moment of the run. */
export interface Sample {
  readonly atSeconds: number;
  /** By service, bytes. */
  readonly heap: Readonly<Record<string, number>>;
  readonly resident: Readonly<Record<string, number>>;
  /** By consumer group, records. */
  readonly lag: Readonly<Record<string, number>>;
}

export interface SoakRun {
  /** From the end of the warm-up on. */
  readonly samples: readonly Sample[];
  readonly seconds: number;
  readonly rate: number;
  readonly answered: number;
  /** What should not happen, with how often it did. */
  readonly troubles: Readonly<Record<string, number>>;
}

export interface Trend {
  readonly of: string;
  readonly first: number;
  readonly last: number;
  /** A second. */
  readonly slope: Slope;
  readonly isGrowing: boolean;
}

export interface Verdict {
  readonly heap: readonly Trend[];
  readonly resident: readonly Trend[];
  readonly lag: readonly Trend[];
  readonly problems: readonly string[];
}

const MB = 1_048_576;
const WINDOWS = 12;
/** Fewer have no slope. */
const POINTS_MIN = 3;
/** Growth over the run that is more than noise: of what is left after collections, as a share of it and at least so many bytes. */
const HEAP = { share: 0.05, least: 8 * MB };
/** Pages that a process keeps between collections come and go by tens of megabytes. */
const RESIDENT = { share: 0.15, least: 48 * MB };
/** It comes in steps of tens of megabytes, minutes apart, while the heap stays: a shorter run sees one of them as growth, or none. */
const RESIDENT_JUDGED_FROM_SECONDS = 900;
/** It is given back once after the ramp, and taken again until it is settled, which takes up to a third of half an hour: that is no growth. */
const RESIDENT_SETTLED_AT = 0.5;
/** Work of so many seconds may wait at any moment. */
const LAG_SECONDS = 5;
const RATE_KEPT = 0.97;

const seriesOf = (samples: readonly Sample[], key: 'heap' | 'resident' | 'lag', name: string): Point[] => samples.flatMap(({ atSeconds, [key]: values }) => (values[name] === undefined ? [] : [{ atSeconds, value: values[name] }]));

/** Growing, where even the lower bound of the slope adds more than is allowed over the run. */
const trendOf = (of: string, points: readonly Point[], { allowed, seconds }: { allowed: number; seconds: number }): Trend => {
  const slope = slopeOf(points);
  return { of, first: points[0]?.value ?? 0, last: points.at(-1)?.value ?? 0, slope, isGrowing: slope.lower * seconds > allowed };
};

/** Of every service or group that was ever seen: one that reads its first record late is judged too, as soon as a slope can be told. */
const namesOf = (samples: readonly Sample[], key: 'heap' | 'resident' | 'lag'): string[] => [...new Set(samples.flatMap((sample) => Object.keys(sample[key])))].filter((name) => seriesOf(samples, key, name).length >= POINTS_MIN);

/** Comparisons with what is no number are false, so that it would pass for flat. */
const unmeasured = (samples: readonly Sample[], key: 'heap' | 'resident'): string[] => namesOf(samples, key).filter((name) => seriesOf(samples, key, name).some(({ value }) => !Number.isFinite(value)));

const memoryTrends = ({ samples, seconds }: SoakRun, key: 'heap' | 'resident', { share, least }: { share: number; least: number }): Trend[] =>
  namesOf(samples, key).map((service) => {
    const minima = minimaOf(seriesOf(samples, key, service), WINDOWS);
    return trendOf(service, minima, { allowed: Math.max(least, share * (minima[0]?.value ?? 0)), seconds });
  });

/** Whether the run was flat, and what was not. */
export const judgeSoak = (run: SoakRun): Verdict => {
  const { samples, seconds, rate, answered, troubles } = run;
  const heap = memoryTrends(run, 'heap', HEAP);
  const settled = samples.filter(({ atSeconds }) => atSeconds >= RESIDENT_SETTLED_AT * seconds);
  const resident = memoryTrends({ ...run, samples: settled }, 'resident', RESIDENT).map((trend) => ({ ...trend, isGrowing: trend.isGrowing && seconds >= RESIDENT_JUDGED_FROM_SECONDS }));
  const lag = namesOf(samples, 'lag').map((group) => trendOf(group, seriesOf(samples, 'lag', group), { allowed: LAG_SECONDS * rate, seconds }));
  const growing = [[heap, 'the heap'], [resident, 'the memory'], [lag, 'the lag']] as const;
  const problems = [
    ...growing.flatMap(([trends, what]) => trends.filter(({ isGrowing }) => isGrowing).map(({ of }) => `${what} of ${of} grows`)),
    ...unmeasured(samples, 'heap').map((of) => `the heap of ${of} was not measured`),
    ...unmeasured(samples, 'resident').map((of) => `the memory of ${of} was not measured`),
    ...Object.entries(troubles).flatMap(([trouble, times]) => (times > 0 ? [`${trouble}: ${times}`] : [])),
    ...(answered < RATE_KEPT * rate * seconds ? [`${(answered / seconds).toFixed(1)} of ${rate} requests a second were answered`] : []),
  ];
  return { heap, resident, lag, problems };
};
