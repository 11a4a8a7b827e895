import { type Arm, bucketOfValue, type Histogram, instantOf, type Interaction, unitHashOf, type VitalsCounted } from '@ratchet/domain';
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
  readonly segment: string | undefined;
}

export const vitalsKeyOf = ({ model, workload, version, assignment }: Interaction): VitalsKey => {
  const assigned = assignment?.version ?? version;
  const arm = assignment?.arm ?? 'rest';
  const { rolloutId, stage, segment } = assignment ?? {};
  const text = `${model}\u0000${workload}\u0000${assigned}\u0000${arm}\u0000${rolloutId ?? ''}\u0000${stage ?? ''}${segment === undefined ? '' : `\u0000${segment}`}`;
  return { text, model, workload, version: assigned, arm, rolloutId, stage, segment };
};

/** One settled conversation: y of its n outcomes were failures. */
export interface SettledUnit {
  readonly y: number;
  readonly n: number;
  readonly timeMs: number;
  /** Known of it before it was assigned. */
  readonly covariate: number | undefined;
  /** Whose it is, where users are what the assignment sticks to. */
  readonly userId: string | undefined;
}

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
  covariate: { count: number; sumX: number; sumXX: number; sumY: number; sumXY: number } | undefined;
  /** By user id. */
  users: Map<string, UserCounts> | undefined;
  readonly latencyMs: Buckets;
  readonly costUsd: Buckets;
  costUsdSquares: number;
  inputTokens: number;
  outputTokens: number;
  fromMs: number;
  toMs: number;
}

interface UserCounts {
  count: number;
  failed: number;
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

  unit(key: VitalsKey, { y, n, timeMs, covariate, userId }: SettledUnit): void {
    const tally = this.#tally(key, timeMs);
    const { units } = tally;
    const failed = y > 0 ? 1 : 0;
    units.count += 1;
    units.failed += failed;
    units.sumY += y;
    units.sumN += n;
    units.sumYY += y * y;
    units.sumYN += y * n;
    units.sumNN += n * n;
    if (covariate !== undefined) addCovariate(tally, covariate, failed);
    if (userId !== undefined) addUser(tally, userId, failed);
  }

  /** What was counted since the last drain: an entry a key, and more of them where its users do not fit into one. */
  drain(range: OffsetRange): VitalsCounted[] {
    const drained = [...this.#tallies.values()].flatMap((tally) => vitalsOf(tally, range));
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
    const tally = newTally(key, timeMs, timeMs);
    this.#tallies.set(key.text, tally);
    return tally;
  }
}

const newTally = (key: VitalsKey, fromMs: number, toMs: number): Tally => ({
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
  covariate: undefined,
  users: undefined,
  latencyMs: newBuckets(),
  costUsd: newBuckets(),
  costUsdSquares: 0,
  inputTokens: 0,
  outputTokens: 0,
  fromMs,
  toMs,
});

const addCovariate = (tally: Tally, x: number, y: 0 | 1): void => {
  const sums = (tally.covariate ??= { count: 0, sumX: 0, sumXX: 0, sumY: 0, sumXY: 0 });
  sums.count += 1;
  sums.sumX += x;
  sums.sumXX += x * x;
  sums.sumY += y;
  sums.sumXY += x * y;
};

const addUser = (tally: Tally, userId: string, failed: 0 | 1): void => {
  const users = (tally.users ??= new Map<string, UserCounts>());
  const known = users.get(userId);
  if (known === undefined) users.set(userId, { count: 1, failed });
  else {
    known.count += 1;
    known.failed += failed;
  }
};

type Users = NonNullable<VitalsCounted['users']>;

/** Of one event: some 50 KB of it. An hour that passes at once settles very many conversations. */
const USERS_MAX = 1_000;

const usersOf = ({ key: { rolloutId }, users }: Tally): Users =>
  users === undefined || rolloutId === undefined ? [] : Array.from(users, ([userId, counts]) => ({ user: unitHashOf({ rolloutId, userId }), ...counts }));

const vitalsOf = (tally: Tally, range: OffsetRange): VitalsCounted[] => {
  const users = usersOf(tally);
  const first = toVitals(tally, { id: idOf(tally.key, range), users: users.slice(0, USERS_MAX) });
  if (users.length <= USERS_MAX) return [first];
  const nothing = newTally(tally.key, tally.fromMs, tally.toMs);
  const more = Array.from({ length: Math.ceil(users.length / USERS_MAX) - 1 }, (_, i) =>
    toVitals(nothing, { id: idOf(tally.key, range, i + 1), users: users.slice((i + 1) * USERS_MAX, (i + 2) * USERS_MAX) }),
  );
  return [first, ...more];
};

const idOf = ({ text }: VitalsKey, { partition, fromOffset, toOffset }: OffsetRange, part = 0): string =>
  part === 0 ? derivedId('vitals', partition, fromOffset, toOffset, text) : derivedId('vitals-users', part, partition, fromOffset, toOffset, text);

const toVitals = (tally: Tally, { id, users }: { id: string; users: Users }): VitalsCounted => {
  const { key, failuresBySignal, covariate, users: _byId, latencyMs, costUsd, fromMs, toMs, ...counts } = tally;
  return {
    vitalsId: id,
    model: key.model,
    workload: key.workload,
    version: key.version,
    arm: key.arm,
    ...(key.rolloutId !== undefined && { rolloutId: key.rolloutId }),
    ...(key.stage !== undefined && { stage: key.stage }),
    ...(key.segment !== undefined && { segment: key.segment }),
    ...counts,
    failuresBySignal: Object.fromEntries(failuresBySignal),
    ...(covariate !== undefined && { covariate }),
    ...(users.length > 0 && { users }),
    latencyMs: toHistogram(latencyMs),
    costUsd: toHistogram(costUsd),
    from: instantOf(fromMs),
    to: instantOf(toMs),
  };
};
