import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema } from '../event/event-definition.js';
import { armSchema } from '../interaction/interaction.js';
import { targetFields } from '../target/target.js';

/** A histogram over fixed logarithmic buckets: `counts[i]` belongs to bucket `buckets[i]` (sparse, ascending). */
export const histogramSchema = z.object({ buckets: z.array(z.number().int()), counts: z.array(countSchema), sum: z.number(), count: countSchema });
export type Histogram = z.infer<typeof histogramSchema>;

/** Twenty buckets a decade: an upper bound is 12 % above its lower one. Bucket 0 holds 0 and everything up to 0.001. */
const BUCKETS_A_DECADE = 20;
const SMALLEST = 0.001;

export const bucketOfValue = (value: number): number => (value <= SMALLEST ? 0 : Math.ceil(Math.log10(value / SMALLEST) * BUCKETS_A_DECADE - 1e-9));
export const bucketUpperBound = (bucket: number): number => SMALLEST * 10 ** (bucket / BUCKETS_A_DECADE);

export const emptyHistogram = (): Histogram => ({ buckets: [], counts: [], sum: 0, count: 0 });

export const mergeHistograms = (a: Histogram, b: Histogram): Histogram => {
  const merged = new Map<number, number>();
  for (const { buckets, counts } of [a, b]) buckets.forEach((bucket, i) => merged.set(bucket, (merged.get(bucket) ?? 0) + (counts[i] ?? 0)));
  const buckets = [...merged.keys()].sort((x, y) => x - y);
  return { buckets, counts: buckets.map((bucket) => merged.get(bucket) ?? 0), sum: a.sum + b.sum, count: a.count + b.count };
};

export const histogramOf = (values: readonly number[]): Histogram => {
  const counts = new Map<number, number>();
  let sum = 0;
  for (const value of values) {
    const bucket = bucketOfValue(value);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    sum += value;
  }
  const buckets = [...counts.keys()].sort((x, y) => x - y);
  return { buckets, counts: buckets.map((bucket) => counts.get(bucket) ?? 0), sum, count: values.length };
};

/** Upper bound of the bucket that holds the quantile; undefined for an empty histogram. */
export const histogramQuantile = ({ buckets, counts, count }: Histogram, quantile: number): number | undefined => {
  let seen = 0;
  for (let i = 0; i < buckets.length; i += 1) {
    seen += counts[i] ?? 0;
    if (seen >= quantile * count) return bucketUpperBound(buckets[i] ?? 0);
  }
  return undefined;
};

/**
 * Deltas since the last event of the same key: consumers add them up.
 * `requests`, errors, latency, tokens and cost are counted on arrival; `outcomes` and `failures` when an interaction's window
 * closes; `units` when a conversation (the assignment unit) settles, with y = its failures and n = its outcomes.
 */
export const vitalsCounted = defineEvent(
  'ratchet.vitals.counted',
  z.object({
    vitalsId: idSchema,
    ...targetFields,
    version: idSchema,
    arm: armSchema,
    rolloutId: idSchema.optional(),
    stage: countSchema.optional(),
    /** Group of the assignments counted; events of one key differ in it, and add up to the key's whole. */
    segment: z.string().optional(),
    requests: countSchema,
    errors: countSchema,
    fellBack: countSchema,
    overridden: countSchema,
    outcomes: countSchema,
    failures: countSchema,
    unsafe: countSchema,
    failuresBySignal: z.record(z.string(), countSchema),
    units: z.object({ count: countSchema, failed: countSchema, sumY: z.number(), sumN: z.number(), sumYY: z.number(), sumYN: z.number(), sumNN: z.number() }),
    /** Of the settled conversations whose assignment has a covariate x; y is 1 where the conversation failed, else 0. */
    covariate: z.object({ count: countSchema, sumX: z.number(), sumXX: z.number(), sumY: z.number(), sumXY: z.number() }).optional(),
    /** Settled conversations by user, where users are the assignment unit: these are what may be counted as independent. `user` is a hash. */
    users: z.array(z.object({ user: z.string(), count: countSchema, failed: countSchema })).optional(),
    latencyMs: histogramSchema,
    inputTokens: countSchema,
    outputTokens: countSchema,
    costUsd: histogramSchema,
    /** Sum of the squares of these costs: their variance, which buckets tell only roughly of costs below 0.001. */
    costUsdSquares: z.number().nonnegative().optional(),
    /** Stream time of the first and last event counted. */
    from: instantSchema,
    to: instantSchema,
  }),
);
export type VitalsCounted = z.infer<typeof vitalsCounted.schema>;
