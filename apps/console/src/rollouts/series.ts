import type { ArmPoint, Series, SeriesPoint } from '@ratchet/console-api';
import { bucketUpperBound, type RolloutTerms } from '@ratchet/domain';
import { alwaysValidHalfWidth, asymptoticConfidenceSequence, decideStage } from '@ratchet/stats';

/** What was counted of one arm, version and stage in one bucket of time. */
export interface CountRow {
  readonly arm: 'candidate' | 'control' | 'rest';
  readonly version: string;
  readonly stage: number;
  /** Epoch milliseconds of the bucket's beginning. */
  readonly atMs: number;
  readonly units: number;
  readonly failed: number;
  readonly requests: number;
  readonly errors: number;
  readonly unsafe: number;
  /** Requests by bucket of the latency histogram. */
  readonly latency: Readonly<Record<string, number>>;
  readonly costSum: number;
  readonly costCount: number;
}

type Sums = Omit<CountRow, 'arm' | 'version' | 'stage' | 'atMs'>;

const nothing: Sums = { units: 0, failed: 0, requests: 0, errors: 0, unsafe: 0, latency: {}, costSum: 0, costCount: 0 };

const add = (a: Sums, b: Sums): Sums => {
  const latency: Record<string, number> = { ...a.latency };
  for (const [bucket, n] of Object.entries(b.latency)) latency[bucket] = (latency[bucket] ?? 0) + n;
  return {
    units: a.units + b.units, failed: a.failed + b.failed, requests: a.requests + b.requests, errors: a.errors + b.errors, unsafe: a.unsafe + b.unsafe, latency,
    costSum: a.costSum + b.costSum, costCount: a.costCount + b.costCount,
  };
};

const P95 = 0.95;

const p95Of = (latency: Sums['latency']): number | null => {
  const buckets = Object.entries(latency).map(([bucket, n]) => ({ bucket: Number(bucket), n })).sort((a, b) => a.bucket - b.bucket);
  const total = buckets.reduce((sum, { n }) => sum + n, 0);
  let seen = 0;
  for (const { bucket, n } of buckets) {
    seen += n;
    if (n > 0 && seen >= P95 * total) return bucketUpperBound(bucket);
  }
  return null;
};

/** Success out of n, and an error rate for both sides together: half the width of the band around it. */
type HalfWidth = (counts: { readonly successes: number; readonly n: number }) => number;

/** One failure and one success more, shared out by halves, so that an arm in which all agree has no variance of zero. */
const varianceOf = ({ successes, n }: Parameters<HalfWidth>[0]): number => {
  const p = (successes + 0.5) / (n + 1);
  return (p * (1 - p)) / n;
};

const armPoint = ({ units, failed, requests, errors, unsafe, latency, costSum, costCount }: Sums, halfWidth: HalfWidth): ArmPoint => {
  const counts = { units, failed, requests, errors, unsafe, latencyP95Ms: p95Of(latency), costUsd: costCount === 0 ? null : costSum / costCount };
  if (units === 0) return { ...counts, rate: null, lower: null, upper: null };
  const rate = Math.max(0, (units - failed) / units);
  const half = halfWidth({ successes: Math.max(0, units - failed), n: units });
  return { ...counts, rate, lower: Math.max(0, rate - half), upper: Math.min(1, rate + half) };
};

interface Method {
  readonly alpha: number;
  readonly halfWidth: HalfWidth;
  readonly method: string;
}

/** The sample that bands without a fixed scale are tightest at. */
const TIGHTEST_AT = 5_000;

/** Bands as the rollout's tests of success have them: of the same scale, with half of alpha on each side. */
const ofRollout = ({ alpha, tau }: RolloutTerms): Method => ({
  alpha,
  halfWidth: (counts) => alwaysValidHalfWidth({ variance: varianceOf(counts), tau, alpha: alpha / 2 }),
  method: `always-valid bounds of the controller's own success test (normal mixture of scale ${tau.toPrecision(3)}, error rate ${alpha} for both sides together), cumulative within each stage`,
});

const withoutScale = (alpha: number): Method => ({
  alpha,
  halfWidth: (counts) => asymptoticConfidenceSequence({ se: Math.sqrt(varianceOf(counts)), n: counts.n, nstar: TIGHTEST_AT, alpha, estimate: 0 }).halfWidthTwoSided,
  method: `asymptotic confidence sequences (two-sided, error rate ${alpha}, tightest at ${TIGHTEST_AT} conversations), cumulative within each stage`,
});

const contrastOf = (candidate: Sums, champion: Sums, { alpha, tau, margin, minTestSample }: RolloutTerms): SeriesPoint['contrast'] => {
  const [nc, nb] = [candidate.units, champion.units];
  if (nc === 0 || nb === 0) return null;
  const [xc, xb] = [Math.max(0, nc - candidate.failed), Math.max(0, nb - champion.failed)];
  const { lower, upper } = decideStage({ xc, nc, xb, nb, margin, alpha, tau, minN: minTestSample });
  return { value: xc / nc - (1 - margin) * (xb / nb), lower, upper };
};

/** What is counted of a rollout or an experiment, and by what it is read. */
export interface Run {
  /** In the order of time. */
  readonly rows: readonly CountRow[];
  readonly candidate: string;
  readonly champion: string;
  /** Null of an experiment, and of a rollout that did not tell of them. */
  readonly terms: RolloutTerms | null;
  readonly alpha: number;
  readonly bucketSeconds: number;
}

const POINTS_MAX = 160;

/** So many of them, evenly, the last one always, and the last one of each stage. */
export const thinned = <Point extends { readonly stage: number }>(points: readonly Point[], most = POINTS_MAX): Point[] => {
  if (points.length <= most) return [...points];
  const every = Math.ceil(points.length / most);
  return points.filter((point, i) => i % every === 0 || i === points.length - 1 || points[i + 1]?.stage !== point.stage);
};

const isOfRun = ({ arm, version }: CountRow, { candidate, champion }: Run): boolean => version === (arm === 'candidate' ? candidate : champion);

/** Both arms' sums since the stage began, at the end of a bucket. */
interface Snapshot {
  readonly atMs: number;
  readonly stage: number;
  readonly candidate: Sums;
  readonly champion: Sums;
}

const snapshotsOf = (run: Run): Snapshot[] => {
  const { terms } = run;
  const snapshots: Snapshot[] = [];
  let [stage, candidate, champion] = [0, nothing, nothing];
  for (const row of run.rows) {
    if (!isOfRun(row, run) || row.stage < stage) continue;
    if (row.stage > stage) [stage, candidate, champion] = [row.stage, nothing, nothing];
    const comparesWithAll = terms !== null && (terms.shares[stage - 1] ?? 1) < terms.productionBaselineBelowShare;
    if (row.arm === 'rest' && !comparesWithAll) continue;
    if (row.arm === 'candidate') candidate = add(candidate, row);
    else champion = add(champion, row);
    const before = snapshots.at(-1);
    if (before?.atMs === row.atMs && before.stage === stage) snapshots.pop();
    snapshots.push({ atMs: row.atMs, stage, candidate, champion });
  }
  return snapshots;
};

/**
 * Success and costs of both arms over time. Counts are added up within a stage, because sums over stages with different splits mislead; what settles of an
 * earlier stage later is in no point. What a tester chose by hand, and what is of another version, is in neither arm.
 */
export const seriesOf = (run: Run): Series => {
  const { terms, bucketSeconds } = run;
  const { alpha, halfWidth, method } = terms ? ofRollout(terms) : withoutScale(run.alpha);
  const points = thinned(snapshotsOf(run)).map(({ atMs, stage, candidate, champion }): SeriesPoint => {
    const armOfChampion = armPoint(champion, halfWidth);
    return {
      at: new Date(atMs + bucketSeconds * 1_000).toISOString(), stage, candidate: armPoint(candidate, halfWidth), champion: armOfChampion,
      rollbackLine: terms && armOfChampion.rate !== null ? armOfChampion.rate * (1 - terms.margin) : null,
      contrast: terms && contrastOf(candidate, champion, terms),
    };
  });
  return { points, alpha, margin: terms?.margin ?? null, method, bucketSeconds };
};
