import { type Arm, bucketOfValue, type Histogram, instantOf, type Interaction, type VitalsCounted } from '@ratchet/domain';
import { derivedId } from './derived-id.js';

/** Whom a number is counted for: the assigned version and arm, also where another version had to answer. */
export interface VitalsKey {
  readonly text: string;
  readonly model: string;
  readonly workload: string;
  readonly version: string;
  readonly arm: Arm;
  readonly rolloutId: string | undefined;
  readonly stage: number | undefined;
}

export const vitalsKeyOf = ({ model, workload, version, assignment }: Interaction): VitalsKey => {
  const assigned = assignment?.version ?? version;
  const arm = assignment?.arm ?? 'rest';
  const rolloutId = assignment?.rolloutId;
  const stage = assignment?.stage;
  return { text: `${model}\u0000${workload}\u0000${assigned}\u0000${arm}\u0000${rolloutId ?? ''}\u0000${stage ?? ''}`, model, workload, version: assigned, arm, rolloutId, stage };
};

/** The records that a drained delta covers. */
export interface OffsetRange {
  readonly partition: number;
  readonly fromOffset: bigint;
  readonly toOffset: bigint;
}

interface Tally {
  readonly key: VitalsKey;
  requests: number;
  errors: number;
  fellBack: number;
  overridden: number;
  outcomes: number;
  failures: number;
  unsafe: number;
  readonly failuresBySignal: Map<string, number>;
  readonly units: { count: number; failed: number; sumY: number; sumN: number; sumYY: number; sumYN: number; sumNN: number };
  readonly latencyMs: Buckets;
  readonly costUsd: Buckets;
  costUsdSquares: number;
  inputTokens: number;
  outputTokens: number;
  fromMs: number;
  toMs: number;
}

interface Buckets {
  readonly counts: Map<number, number>;
  sum: number;
  count: number;
}

const newBuckets = (): Buckets => ({ counts: new Map(), sum: 0, count: 0 });
const addValue = (buckets: Buckets, value: number): void => {
  const bucket = bucketOfValue(value);
  buckets.counts.set(bucket, (buckets.counts.get(bucket) ?? 0) + 1);
  buckets.sum += value;
  buckets.count += 1;
};
const toHistogram = ({ counts, sum, count }: Buckets): Histogram => {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return { buckets: sorted.map(([bucket]) => bucket), counts: sorted.map(([, n]) => n), sum, count };
};

/** Adds up what consumers are told as deltas. An interaction that an operator's override routed is only counted as overridden. */
export class VitalsCounter {
  readonly #tallies = new Map<string, Tally>();

  arrival(key: VitalsKey, { interaction, timeMs }: { interaction: Interaction; timeMs: number }): void {
    const tally = this.#tally(key, timeMs);
    if (interaction.assignment?.overridden === true) {
      tally.overridden += 1;
      return;
    }
    tally.requests += 1;
    if (interaction.error !== undefined || interaction.output === null) tally.errors += 1;
    if (interaction.assignment?.fellBack === true) tally.fellBack += 1;
    addValue(tally.latencyMs, interaction.latencyMs);
    if (interaction.costUsd !== undefined) addValue(tally.costUsd, interaction.costUsd);
    tally.costUsdSquares += (interaction.costUsd ?? 0) ** 2;
    tally.inputTokens += interaction.usage?.inputTokens ?? 0;
    tally.outputTokens += interaction.usage?.outputTokens ?? 0;
  }

  outcome(key: VitalsKey, { failed, negativeSignals, timeMs }: { failed: boolean; negativeSignals: readonly string[]; timeMs: number }): void {
    const tally = this.#tally(key, timeMs);
    tally.outcomes += 1;
    if (negativeSignals.includes('unsafe_answer')) tally.unsafe += 1;
    if (!failed) return;
    tally.failures += 1;
    for (const name of negativeSignals) tally.failuresBySignal.set(name, (tally.failuresBySignal.get(name) ?? 0) + 1);
  }

  /** One settled conversation: y of its n outcomes were failures. */
  unit(key: VitalsKey, { y, n, timeMs }: { y: number; n: number; timeMs: number }): void {
    const { units } = this.#tally(key, timeMs);
    units.count += 1;
    units.failed += y > 0 ? 1 : 0;
    units.sumY += y;
    units.sumN += n;
    units.sumYY += y * y;
    units.sumYN += y * n;
    units.sumNN += n * n;
  }

  /** What was counted since the last drain, one entry a key. */
  drain({ partition, fromOffset, toOffset }: OffsetRange): VitalsCounted[] {
    const drained = [...this.#tallies.values()].map(({ key, failuresBySignal, latencyMs, costUsd, fromMs, toMs, ...counts }): VitalsCounted => ({
      vitalsId: derivedId('vitals', partition, fromOffset, toOffset, key.text),
      model: key.model,
      workload: key.workload,
      version: key.version,
      arm: key.arm,
      ...(key.rolloutId !== undefined && { rolloutId: key.rolloutId }),
      ...(key.stage !== undefined && { stage: key.stage }),
      ...counts,
      failuresBySignal: Object.fromEntries(failuresBySignal),
      latencyMs: toHistogram(latencyMs),
      costUsd: toHistogram(costUsd),
      from: instantOf(fromMs),
      to: instantOf(toMs),
    }));
    this.#tallies.clear();
    return drained;
  }

  #tally(key: VitalsKey, timeMs: number): Tally {
    const known = this.#tallies.get(key.text);
    if (known !== undefined) {
      if (timeMs < known.fromMs) known.fromMs = timeMs;
      if (timeMs > known.toMs) known.toMs = timeMs;
      return known;
    }
    const tally: Tally = {
      key,
      requests: 0,
      errors: 0,
      fellBack: 0,
      overridden: 0,
      outcomes: 0,
      failures: 0,
      unsafe: 0,
      failuresBySignal: new Map(),
      units: { count: 0, failed: 0, sumY: 0, sumN: 0, sumYY: 0, sumYN: 0, sumNN: 0 },
      latencyMs: newBuckets(),
      costUsd: newBuckets(),
      costUsdSquares: 0,
      inputTokens: 0,
      outputTokens: 0,
      fromMs: timeMs,
      toMs: timeMs,
    };
    this.#tallies.set(key.text, tally);
    return tally;
  }
}
