import { evidenceRecordSchema, experimentConcluded, experimentPlanSchema, experimentUpdated, experimentVerdicts, rolloutTermsSchema } from '@ratchet/domain';
import { z } from 'zod';

const instant = z.iso.datetime({ offset: true });
const count = z.number().int().nonnegative();
const target = { model: z.string(), workload: z.string() };
const id = z.string().min(1).max(200);

/** What lists of rollouts and experiments are narrowed by. `next` of an answer goes into `after`. */
export const runsQuerySchema = z.object({
  is: z.enum(['open', 'ended']).optional(),
  model: id.optional(),
  workload: id.optional(),
  after: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type RunsQuery = z.infer<typeof runsQuerySchema>;

export const rolloutSummarySchema = z.object({
  rolloutId: z.string(),
  cycleId: z.string(),
  ...target,
  version: z.string(),
  baseVersion: z.string(),
  /** As the controller names it: `RUNNING(2)`, `HOLDING(stale)`, `PAUSED`. */
  state: z.string(),
  isOpen: z.boolean(),
  /** 0 before any traffic. */
  stage: count,
  share: z.number(),
  /** Whether only a person ends the present hold; null where that was not told. */
  needsPerson: z.boolean().nullable(),
  /** Of the last transition: what an approval names as the evidence that was looked at. */
  sequence: count.nullable(),
  actor: z.string(),
  reason: z.string(),
  startedAt: instant,
  changedAt: instant,
  /** When the promotion was undone. */
  revertedAt: instant.nullable(),
  terms: rolloutTermsSchema.nullable(),
});
export type RolloutSummary = z.infer<typeof rolloutSummarySchema>;
export const rolloutsSchema = z.object({ items: z.array(rolloutSummarySchema), next: z.string().nullable() });

export const transitionSchema = z.object({
  transitionId: z.string(),
  kind: z.enum(['advanced', 'promoted', 'rolledback']),
  sequence: count.nullable(),
  from: z.string().nullable(),
  to: z.string(),
  stage: count,
  share: z.number(),
  actor: z.string(),
  reason: z.string(),
  /** What failed, of a rollback. */
  metric: z.string().nullable(),
  commandId: z.string().nullable(),
  at: instant,
});
export type RolloutTransition = z.infer<typeof transitionSchema>;
export const transitionEvidenceSchema = transitionSchema.extend({ evidence: evidenceRecordSchema });

export const orderSchema = z.object({
  commandId: z.string(),
  name: z.string(),
  actor: z.string(),
  reason: z.string(),
  at: instant,
  /** Why it was not obeyed. */
  refusal: z.string().nullable(),
});
export type Order = z.infer<typeof orderSchema>;

/** What became of an order: `ordered` until its events have arrived. */
export const orderFateSchema = z.object({ commandId: z.string(), fate: z.enum(['ordered', 'obeyed', 'refused']), message: z.string().nullable() });
export type OrderFate = z.infer<typeof orderFateSchema>;

export const automationSchema = z.object({
  ...target,
  champion: z.string(),
  isHeld: z.boolean(),
  /** Of the last hold or release. */
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  at: instant.nullable(),
});
export type Automation = z.infer<typeof automationSchema>;
export const automationsSchema = z.object({ items: z.array(automationSchema) });

export const rolloutDetailSchema = rolloutSummarySchema.extend({
  /** The newest, oldest first. */
  transitions: z.array(transitionSchema),
  isLonger: z.boolean(),
  /** Of the last transition. */
  evidence: evidenceRecordSchema.nullable(),
  /** What people ordered on its target while it was open. */
  orders: z.array(orderSchema),
  automation: automationSchema.nullable(),
  /** The rollout read as an A/B test, once it is over. */
  asTest: z.object({ verdict: z.enum(experimentVerdicts), difference: z.number(), lower: z.number(), upper: z.number() }).nullable(),
});
export type RolloutDetail = z.infer<typeof rolloutDetailSchema>;

/** Sums of one arm since its stage began. */
export const armPointSchema = z.object({
  units: count,
  failed: count,
  requests: count,
  errors: count,
  unsafe: count,
  /** Success of settled conversations, with an always-valid band; null before the first. */
  rate: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  /** US dollars a request that says what it cost. */
  costUsd: z.number().nullable(),
});
export type ArmPoint = z.infer<typeof armPointSchema>;

export const seriesPointSchema = z.object({
  at: instant,
  stage: count,
  candidate: armPointSchema,
  champion: armPointSchema,
  /** Below it the candidate has lost more than is tolerated: the champion's rate times 1 - margin. */
  rollbackLine: z.number().nullable(),
  /** Candidate minus the rollback line, and its bounds in this stage: wholly below 0 is harm. */
  contrast: z.object({ value: z.number(), lower: z.number().nullable(), upper: z.number().nullable() }).nullable(),
});
export type SeriesPoint = z.infer<typeof seriesPointSchema>;

export const seriesSchema = z.object({
  points: z.array(seriesPointSchema),
  /** Bands hold at every moment together with probability 1 - alpha. */
  alpha: z.number(),
  margin: z.number().nullable(),
  method: z.string(),
  /** Width in seconds of the buckets that counts are kept in; it grows as the run gets long. */
  bucketSeconds: z.number(),
});
export type Series = z.infer<typeof seriesSchema>;

export const experimentReadingSchema = experimentUpdated.schema.shape.reading.unwrap();
export type ExperimentReading = z.infer<typeof experimentReadingSchema>;

export const experimentSummarySchema = z.object({
  experimentId: z.string(),
  ...target,
  control: z.string(),
  treatment: z.string(),
  status: experimentUpdated.schema.shape.status,
  isOpen: z.boolean(),
  verdict: z.enum(experimentVerdicts).nullable(),
  plan: experimentPlanSchema.nullable(),
  share: z.number().nullable(),
  controlShare: z.number().nullable(),
  alpha: z.number().nullable(),
  margin: z.number().nullable(),
  onWin: z.enum(['keep', 'rollout']).nullable(),
  looks: count,
  reason: z.string(),
  startedAt: instant,
  changedAt: instant,
});
export type ExperimentSummary = z.infer<typeof experimentSummarySchema>;
export const experimentsSchema = z.object({ items: z.array(experimentSummarySchema), next: z.string().nullable() });

export const experimentStepSchema = z.object({
  sequence: count,
  status: experimentUpdated.schema.shape.status,
  looks: count,
  actor: z.string(),
  reason: z.string(),
  commandId: z.string().nullable(),
  reading: experimentReadingSchema.nullable(),
  at: instant,
});
export type ExperimentStep = z.infer<typeof experimentStepSchema>;

const { verdict, concludedAt } = experimentConcluded.schema.shape;
export const experimentDetailSchema = experimentSummarySchema.extend({
  /** The newest, oldest first. */
  steps: z.array(experimentStepSchema),
  conclusion: z.object({ verdict, concludedAt, reason: z.string().nullable(), reading: experimentReadingSchema }).nullable(),
  orders: z.array(orderSchema),
});
export type ExperimentDetail = z.infer<typeof experimentDetailSchema>;

export const targetQuerySchema = z.object({ model: id, workload: id });
/** What an experiment can be made of. */
export const experimentChoicesSchema = z.object({ champion: z.string().nullable(), versions: z.array(z.string()) });
export type ExperimentChoices = z.infer<typeof experimentChoicesSchema>;
