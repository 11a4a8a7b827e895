import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema } from '../event/event-definition.js';
import { targetFields } from '../target/target.js';
import { changedItemsSchema } from './changed-items.js';
import { LOSS_POINTS_MAX, lossPointSchema } from './loss-curve.js';

/** The article's four triggers, and a person's command. */
export const triggerSchema = z.enum(['scheduled', 'performance_degradation', 'data_threshold', 'high_priority_fix', 'command']);
export type Trigger = z.infer<typeof triggerSchema>;

export const trainingConfigSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** Who trains: a provider with OpenAI's fine-tuning jobs (the embedded model server is one), a program of the team's own, or a Kubernetes Job. */
export const trainerBackendSchema = z.enum(['openai', 'command', 'kubernetes']);
export type TrainerBackend = z.infer<typeof trainerBackendSchema>;

const cycleFields = { cycleId: idSchema, ...targetFields, trainingRunId: idSchema, baseVersion: idSchema };

export const trainingStarted = defineEvent(
  'ratchet.training.started',
  z.object({
    ...cycleFields,
    trigger: triggerSchema,
    triggerReason: z.string(),
    datasetIds: z.array(idSchema),
    opportunityIds: z.array(idSchema),
    failuresAnalyzed: countSchema,
    exampleCount: countSchema,
    trainingConfig: trainingConfigSchema,
    /** The fix that the candidate is made of, where it is no training. */
    fixId: idSchema.optional(),
    /** What every trigger saw when this one fired, so that an auditor can see why, and why not another. */
    triggerFacts: trainingConfigSchema.optional(),
    backend: trainerBackendSchema.optional(),
    startedAt: instantSchema,
  }),
);
export type TrainingStarted = z.infer<typeof trainingStarted.schema>;

export const trainingFailed = defineEvent(
  'ratchet.training.failed',
  z.object({ ...cycleFields, reason: z.string(), code: z.enum(['failed', 'cancelled', 'timed_out', 'over_budget', 'refused']).optional(), failedAt: instantSchema }),
);
export type TrainingFailed = z.infer<typeof trainingFailed.schema>;

export const candidateRegistered = defineEvent(
  'ratchet.candidate.registered',
  z.object({
    ...cycleFields,
    version: idSchema,
    datasetIds: z.array(idSchema),
    opportunityIds: z.array(idSchema),
    trainingConfig: trainingConfigSchema,
    trainingSeconds: z.number().nonnegative(),
    fixId: idSchema.optional(),
    backend: trainerBackendSchema.optional(),
    /** SHA-256 of the training file, retained examples included. */
    dataHash: z.string().optional(),
    /** What the trainer told of its run: losses, held-out accuracy, trained tokens. */
    metrics: z.record(z.string(), z.number()).optional(),
    /** How the loss went, where the trainer tells; in the order of steps. */
    lossCurve: z.array(lossPointSchema).max(LOSS_POINTS_MAX).optional(),
    costUsd: z.number().nonnegative().optional(),
    registeredAt: instantSchema,
  }),
);
export type CandidateRegistered = z.infer<typeof candidateRegistered.schema>;

export const gateNameSchema = z.enum(['target_improvement', 'no_regression', 'safety_pass', 'latency_acceptable', 'cost_acceptable']);
export const gateVerdictSchema = z.enum(['passed', 'failed', 'insufficient', 'needs_human']);

export const gateResultSchema = z.object({
  name: gateNameSchema,
  required: z.boolean(),
  verdict: gateVerdictSchema,
  value: z.number().nullable(),
  halfWidth: z.number().nullable(),
  n: countSchema,
  /** Items of the gate's suite without a usable measurement. */
  missing: countSchema.optional(),
  threshold: z.number(),
  message: z.string(),
  categories: z
    .array(
      z.object({
        category: z.string(),
        n: countSchema,
        old: z.number(),
        new: z.number(),
        difference: z.number(),
        halfWidth: z.number().nullable(),
        harmed: z.boolean(),
        thin: z.boolean(),
      }),
    )
    .optional(),
});
export type GateResult = z.infer<typeof gateResultSchema>;

export const candidateJudged = defineEvent(
  'ratchet.candidate.judged',
  z.object({
    cycleId: idSchema,
    ...targetFields,
    version: idSchema,
    baseVersion: idSchema,
    outcome: z.enum(['passed', 'failed', 'insufficient', 'superseded']),
    gates: z.array(gateResultSchema),
    message: z.string(),
    /** What an `insufficient` verdict waits for: `person` keeps the cycle open until `candidate.approve` or `candidate.reject`, `more_data` ends it and frees its examples. */
    awaits: z.enum(['person', 'more_data']).optional(),
    /** What the verdict rests on, so that it can be had again. */
    evidence: z
      .object({
        /** SHA-256 over all items, in order: their ids, prompts, expectations and scorers. */
        suiteHash: z.string(),
        items: z.object({ target: countSchema, general: countSchema, safety: countSchema }),
        /** Test items that were found among the examples of the candidate's training. */
        leaked: countSchema,
        leakedItemIds: z.array(z.string()).max(100).optional(),
        /** How many items each scorer scored, and its version where it has one. */
        scorers: z.array(z.object({ name: z.string(), version: z.string().optional(), items: countSchema })),
      })
      .optional(),
    /** The items that tell most of the difference, for people; texts may be users'. */
    changes: changedItemsSchema.optional(),
    judgedAt: instantSchema,
  }),
);
export type CandidateJudged = z.infer<typeof candidateJudged.schema>;
