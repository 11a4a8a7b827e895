import { gateVerdictSchema } from '@ratchet/domain';
import { z } from 'zod';
import { severitySchema } from './alerts.js';
import { nameField } from './query-fields.js';

const instant = z.iso.datetime({ offset: true });
const count = z.number().int().nonnegative();
const target = { model: z.string(), workload: z.string() };

/** A count that is told exactly up to a bound. */
const boundedCountSchema = z.object({ count, isMore: z.boolean() });
export type BoundedCount = z.infer<typeof boundedCountSchema>;

/** Events a second, over the last seconds. */
export const ratesSchema = z.object({ interactions: z.number(), feedback: z.number(), signals: z.number(), failures: z.number() });
export type Rates = z.infer<typeof ratesSchema>;

/** What waits and what runs in each part of the loop. */
export const loopSchema = z.object({
  openOpportunities: boundedCountSchema,
  /** Failures in clusters that are open. */
  openFailures: count,
  /** Training examples in datasets of the newest 200 that no cycle has used up. */
  examplesWaiting: count,
  reviewsWaiting: boundedCountSchema,
  /** Open cycles by what they are at. */
  cycles: z.array(z.object({ state: z.string(), count })),
  lastVerdict: z.object({ ...target, version: z.string(), outcome: z.string(), failedGates: z.array(z.object({ name: z.string(), verdict: gateVerdictSchema })), cycleId: z.string(), judgedAt: instant }).nullable(),
  /** Open rollouts: the farthest first. */
  rollouts: z.array(z.object({ rolloutId: z.string(), ...target, version: z.string(), state: z.string(), stage: count, share: z.number() })),
  targets: z.array(z.object({ ...target, champion: z.string(), candidate: z.string().nullable(), share: z.number(), stage: count })),
});
export type Loop = z.infer<typeof loopSchema>;

export const needKinds = ['alert', 'approval', 'rollout', 'verdict', 'reviews', 'root_cause', 'budget', 'automation', 'report'] as const;

/** Something that waits for a person, and the page where it is decided. */
export const needSchema = z.object({
  kind: z.enum(needKinds),
  severity: severitySchema,
  title: z.string(),
  detail: z.string(),
  /** Address on the page. */
  path: z.string(),
  since: instant.nullable(),
});
export type Need = z.infer<typeof needSchema>;

/** The most urgent first, then what has waited longest; at most 100. */
export const homeSchema = z.object({ loop: loopSchema, needs: z.array(needSchema) });
export type Home = z.infer<typeof homeSchema>;

/** What a chart reaches back to, and the width of its points in seconds. */
export const ranges = { hour: { seconds: 3_600, bucket: 60 }, day: { seconds: 86_400, bucket: 900 }, week: { seconds: 604_800, bucket: 10_800 }, month: { seconds: 2_592_000, bucket: 86_400 } } as const;
export type Range = keyof typeof ranges;

export const failureRatesQuerySchema = z.object({ model: nameField, workload: nameField, range: z.enum(['hour', 'day', 'week', 'month']).default('day') });
export type FailureRatesQuery = z.infer<typeof failureRatesQuerySchema>;

export const failureRatesSchema = z.object({
  from: instant,
  to: instant,
  bucketSeconds: count,
  versions: z.array(
    z.object({
      version: z.string(),
      /** `lower` and `upper`: Wilson's interval of 95 %. */
      points: z.array(z.object({ at: instant, outcomes: count, failures: count, rate: z.number(), lower: z.number(), upper: z.number() })),
    }),
  ),
  /** Promotions and rollbacks in the range. */
  marks: z.array(z.object({ at: instant, kind: z.enum(['promoted', 'rolledback']), version: z.string(), rolloutId: z.string() })),
});
export type FailureRates = z.infer<typeof failureRatesSchema>;

/** How services read topics: as a consumer group with a position, each instance for itself from the beginning, or not at all. */
export const readingWays = ['group', 'table', 'nothing'] as const;

/** Every service of Ratchet, in the order of the loop. */
export const services = [
  { name: 'gateway', reads: 'table' },
  { name: 'signal-detector', reads: 'group' },
  { name: 'analyzer', reads: 'group' },
  { name: 'data-generator', reads: 'group' },
  { name: 'trainer-dispatcher', reads: 'group' },
  { name: 'evaluator', reads: 'group' },
  { name: 'rollout-controller', reads: 'group' },
  { name: 'model-server', reads: 'nothing' },
  { name: 'console', reads: 'group' },
] as const satisfies readonly { readonly name: string; readonly reads: (typeof readingWays)[number] }[];

/** Records that each service has not read yet, in offsets. */
export const lagSchema = z.object({
  /** Null where Kafka did not answer in time. */
  readAt: instant.nullable(),
  /** When the earlier lags were read: up to a minute before. Null where nobody had asked. */
  earlierAt: instant.nullable(),
  services: z.array(
    z.object({
      service: z.string(),
      reads: z.enum(readingWays),
      /** Of its consumer group. */
      members: count,
      /** As the broker names it; `None` where there is no such group yet. */
      state: z.string(),
      /** Null where it keeps no position. */
      lag: count.nullable(),
      earlierLag: count.nullable(),
      topics: z.array(z.object({ topic: z.string(), lag: count })),
    }),
  ),
});
export type Lag = z.infer<typeof lagSchema>;
