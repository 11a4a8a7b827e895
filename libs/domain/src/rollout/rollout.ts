import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema, shareSchema } from '../event/event-definition.js';
import { candidateJudged } from '../cycle/cycle.js';
import { targetFields } from '../target/target.js';

export const routingChanged = defineEvent(
  'ratchet.routing.changed',
  z.object({
    ...targetFields,
    /** Only grows, per target: gateway and SDK ignore an older one. */
    revision: countSchema,
    champion: idSchema,
    candidate: idSchema.optional(),
    /** Share of the traffic that the candidate gets, and the equal share of the control arm. */
    share: shareSchema,
    rolloutId: idSchema.optional(),
    stage: countSchema,
    salt: z.string(),
    stickTo: z.enum(['conversation', 'user']),
    /** What has the traffic: absent means a rollout. Of an experiment, `rolloutId` is its id and `candidate` its treatment. */
    kind: z.enum(['rollout', 'experiment']).optional(),
    /** Version that the control arm is served, where it is not the champion. */
    control: idSchema.optional(),
    /** Share of the control arm, where it is not the candidate's. */
    controlShare: shareSchema.optional(),
    /** A candidate that lost its share, and finishes the conversations that it had begun until then. */
    draining: z.object({ rolloutId: idSchema, candidate: idSchema, salt: z.string(), share: shareSchema, stage: countSchema, stickTo: z.enum(['conversation', 'user']), until: instantSchema }).optional(),
    changedAt: instantSchema,
  }),
);
export type RoutingChanged = z.infer<typeof routingChanged.schema>;

export const armCountsSchema = z.object({
  units: countSchema,
  failedUnits: countSchema,
  outcomes: countSchema,
  failures: countSchema,
  errors: countSchema,
  unsafe: countSchema,
  latencyP95Ms: z.number().nullable(),
  /** Assignment units, where these are users. */
  users: countSchema.optional(),
  /** Mean of quality scores, 0 to 1, and how many there are. */
  quality: z.object({ mean: z.number(), count: countSchema }).optional(),
  /** US dollars a request, and how many requests say what they cost. */
  costUsd: z.object({ mean: z.number(), count: countSchema }).optional(),
});
export type ArmCounts = z.infer<typeof armCountsSchema>;

/** What a decision rests on: counts per arm, and each bound with its threshold. */
export const evidenceRecordSchema = z.object({
  candidate: armCountsSchema,
  control: armCountsSchema,
  tests: z.array(z.object({ name: z.string(), value: z.number().nullable(), lower: z.number().nullable(), upper: z.number().nullable(), threshold: z.number(), verdict: z.string() })),
  formulaVersion: z.string(),
  /** The last record of each partition that is counted in it. */
  offsets: z.array(z.object({ topic: z.string(), partition: countSchema, offset: z.string() })).optional(),
});
export type EvidenceRecord = z.infer<typeof evidenceRecordSchema>;

const transitionFields = {
  rolloutId: idSchema,
  cycleId: idSchema,
  ...targetFields,
  version: idSchema,
  previousVersion: idSchema,
  actor: z.string(),
  reason: z.string(),
  /** The command that it obeys. */
  commandId: idSchema.optional(),
};

/** What of its policy a rollout is read by: enough to say what it waits for, and where it goes back. Durations in milliseconds. */
export const rolloutTermsSchema = z.object({
  /** Served in each stage; the first is stage 1. */
  shares: z.array(shareSchema),
  minSamples: z.array(countSchema),
  /** Of each stage; the last one is the bake. */
  minStayMs: z.array(countSchema),
  maxStageMs: countSchema,
  approvalStages: z.array(countSchema),
  margin: z.number(),
  alpha: z.number(),
  /** Scale of the losses of success that its tests look for. */
  tau: z.number().positive(),
  minTestSample: countSchema,
  /** Stages with a smaller share compare with all traffic of the champion. */
  productionBaselineBelowShare: shareSchema,
});
export type RolloutTerms = z.infer<typeof rolloutTermsSchema>;

export const rolloutAdvanced = defineEvent(
  'ratchet.rollout.advanced',
  z.object({
    ...transitionFields,
    sequence: countSchema,
    from: z.string(),
    to: z.string(),
    stage: countSchema,
    share: shareSchema,
    evidence: evidenceRecordSchema,
    /** Only a person, or a rollback, ends the hold that it is in. */
    needsPerson: z.boolean().optional(),
    terms: rolloutTermsSchema.optional(),
    advancedAt: instantSchema,
  }),
);
export type RolloutAdvanced = z.infer<typeof rolloutAdvanced.schema>;

export const versionPromoted = defineEvent(
  'ratchet.version.promoted',
  z.object({
    ...transitionFields,
    opportunityIds: z.array(idSchema),
    datasetIds: z.array(idSchema),
    trainingRunId: idSchema.optional(),
    /** The gates' verdict that let it be rolled out. */
    verdict: z.object({ outcome: candidateJudged.schema.shape.outcome, gates: candidateJudged.schema.shape.gates, message: z.string(), judgedAt: instantSchema }).optional(),
    evidence: evidenceRecordSchema,
    /** Place among the rollout's transitions. */
    sequence: countSchema.optional(),
    promotedAt: instantSchema,
  }),
);
export type VersionPromoted = z.infer<typeof versionPromoted.schema>;

export const versionRolledBack = defineEvent(
  'ratchet.version.rolledback',
  z.object({
    ...transitionFields,
    stage: countSchema,
    metric: z.string(),
    evidence: evidenceRecordSchema,
    /** Place among the rollout's transitions; absent where a promotion was undone later, which ends no rollout. */
    sequence: countSchema.optional(),
    rolledBackAt: instantSchema,
  }),
);
export type VersionRolledBack = z.infer<typeof versionRolledBack.schema>;

export const experimentVerdicts = ['treatment_wins', 'control_wins', 'no_difference', 'inconclusive'] as const;

const differenceFields = { difference: z.number(), lower: z.number(), upper: z.number() };
const armUnitsSchema = z.object({ units: countSchema, failed: countSchema });

/** Treatment minus control in success rate, with what it rests on. */
const experimentReadingFields = {
  ...differenceFields,
  /** Two-sided, adjusted for looking: always valid, or of the group-sequential plan's last look. */
  pValue: z.number().optional(),
  arms: z.object({ control: armUnitsSchema, treatment: armUnitsSchema }).optional(),
  /** The difference with the part taken out that a covariate explains; `varianceRatio` is what is left of its variance. */
  adjusted: z.object({ ...differenceFields, varianceRatio: z.number() }).optional(),
  /** By segment; p-values adjusted for their number (Holm). */
  segments: z.array(z.object({ segment: z.string(), control: armUnitsSchema, treatment: armUnitsSchema, ...differenceFields, pValue: z.number(), verdict: z.enum(experimentVerdicts) })).optional(),
  sampleRatio: z.object({ bayesFactor: z.number().nullable(), chiSquareP: z.number().nullable(), broken: z.boolean() }).optional(),
};

export const experimentPlanSchema = z.discriminatedUnion('type', [
  /** A declared end, and looks before it whose error rates add up to alpha (O'Brien-Fleming). */
  z.object({ type: z.literal('fixed'), unitsPerArm: z.number().int().min(50).max(100_000_000), looks: z.number().int().min(1).max(20) }),
  /** No declared end: confidence sequences. */
  z.object({ type: z.literal('open') }),
]);
export type ExperimentPlan = z.infer<typeof experimentPlanSchema>;

const experimentFields = { experimentId: idSchema, ...targetFields, control: idSchema, treatment: idSchema };

/** An experiment began, had one of its looks, or was stopped: where it stands. */
export const experimentUpdated = defineEvent(
  'ratchet.experiment.updated',
  z.object({
    ...experimentFields,
    sequence: countSchema,
    status: z.enum(['queued', 'running', 'held', 'concluded', 'cancelled']),
    plan: experimentPlanSchema,
    share: shareSchema,
    controlShare: shareSchema,
    alpha: z.number(),
    /** Relative difference that does not matter. */
    margin: z.number(),
    /** Looks that were taken. */
    looks: countSchema,
    actor: z.string(),
    reason: z.string(),
    /** The command that it obeys. */
    commandId: idSchema.optional(),
    onWin: z.enum(['keep', 'rollout']).optional(),
    reading: z.object(experimentReadingFields).optional(),
    updatedAt: instantSchema,
  }),
);
export type ExperimentUpdated = z.infer<typeof experimentUpdated.schema>;

export const experimentConcluded = defineEvent(
  'ratchet.experiment.concluded',
  z.object({
    ...experimentFields,
    verdict: z.enum(experimentVerdicts),
    ...experimentReadingFields,
    /** A rollout read as a test where it is absent. */
    plan: experimentPlanSchema.optional(),
    /** Why it ended, and why there is no winner where there could have been one. */
    reason: z.string().optional(),
    concludedAt: instantSchema,
  }),
);
export type ExperimentConcluded = z.infer<typeof experimentConcluded.schema>;
