import { type Histogram, mergeHistograms, type VitalsCounted } from '@ratchet/domain';

/** The finest time that anything is kept for. */
export const FINEST_SECONDS = 5;

/** What the console keeps of vitals; sums of several events where they belong to the same arm and time. */
export interface VitalsSum extends Pick<VitalsCounted, 'model' | 'workload' | 'version' | 'arm' | 'rolloutId' | 'requests' | 'errors' | 'fellBack' | 'outcomes' | 'failures' | 'unsafe' | 'to'> {
  readonly stage: number;
  readonly units: { readonly count: number; readonly failed: number };
  readonly latencyMs: Histogram;
  readonly costUsd: Histogram;
}

const sumOf = ({ model, workload, version, arm, rolloutId, stage = 0, requests, errors, fellBack, outcomes, failures, unsafe, units: { count, failed }, latencyMs, costUsd, to }: VitalsCounted): VitalsSum => ({
  model, workload, version, arm, rolloutId, stage, requests, errors, fellBack, outcomes, failures, unsafe, units: { count, failed }, latencyMs, costUsd, to,
});

const added = (a: VitalsSum, b: VitalsSum): VitalsSum => ({
  ...a,
  requests: a.requests + b.requests,
  errors: a.errors + b.errors,
  fellBack: a.fellBack + b.fellBack,
  outcomes: a.outcomes + b.outcomes,
  failures: a.failures + b.failures,
  unsafe: a.unsafe + b.unsafe,
  units: { count: a.units.count + b.units.count, failed: a.units.failed + b.units.failed },
  latencyMs: mergeHistograms(a.latencyMs, b.latencyMs),
  costUsd: mergeHistograms(a.costUsd, b.costUsd),
});

const keyOf = ({ model, workload, version, arm, rolloutId, stage, to }: VitalsSum): string => JSON.stringify([model, workload, version, arm, rolloutId, stage, Math.floor(Date.parse(to) / (FINEST_SECONDS * 1_000))]);

/** A batch of events in as few sums as tell the same: events come many a second, and each sum is several writes. In the order of their keys, so that transactions meet rows in one order. */
export const mergeVitals = (events: readonly VitalsCounted[]): VitalsSum[] => {
  const sums = new Map<string, VitalsSum>();
  for (const event of events) {
    const sum = sumOf(event);
    const key = keyOf(sum);
    const known = sums.get(key);
    sums.set(key, known ? added(known, sum) : sum);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
};
