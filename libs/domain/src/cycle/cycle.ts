import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema } from '../event/event-definition.js';
import { targetFields } from '../target/target.js';

/** The article's four triggers, and a person's command. */
export const triggerSchema = z.enum(['scheduled', 'performance_degradation', 'data_threshold', 'high_priority_fix', 'command']);
export type Trigger = z.infer<typeof triggerSchema>;

export const trainingConfigSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

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
    startedAt: instantSchema,
  }),
);
export type TrainingStarted = z.infer<typeof trainingStarted.schema>;

export const trainingFailed = defineEvent('ratchet.training.failed', z.object({ ...cycleFields, reason: z.string(), failedAt: instantSchema }));
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
    judgedAt: instantSchema,
  }),
);
export type CandidateJudged = z.infer<typeof candidateJudged.schema>;
