import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema, shareSchema } from '../event/event-definition.js';
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
});
export type ArmCounts = z.infer<typeof armCountsSchema>;

/** What a decision rests on: counts per arm, and each bound with its threshold. */
export const evidenceRecordSchema = z.object({
  candidate: armCountsSchema,
  control: armCountsSchema,
  tests: z.array(z.object({ name: z.string(), value: z.number().nullable(), lower: z.number().nullable(), upper: z.number().nullable(), threshold: z.number(), verdict: z.string() })),
  formulaVersion: z.string(),
});
export type EvidenceRecord = z.infer<typeof evidenceRecordSchema>;

const transitionFields = { rolloutId: idSchema, cycleId: idSchema, ...targetFields, version: idSchema, previousVersion: idSchema, actor: z.string(), reason: z.string() };

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
    evidence: evidenceRecordSchema,
    promotedAt: instantSchema,
  }),
);
export type VersionPromoted = z.infer<typeof versionPromoted.schema>;

export const versionRolledBack = defineEvent(
  'ratchet.version.rolledback',
  z.object({ ...transitionFields, stage: countSchema, metric: z.string(), evidence: evidenceRecordSchema, rolledBackAt: instantSchema }),
);
export type VersionRolledBack = z.infer<typeof versionRolledBack.schema>;

export const experimentConcluded = defineEvent(
  'ratchet.experiment.concluded',
  z.object({
    experimentId: idSchema,
    ...targetFields,
    control: idSchema,
    treatment: idSchema,
    verdict: z.enum(['treatment_wins', 'control_wins', 'no_difference', 'inconclusive']),
    difference: z.number(),
    lower: z.number(),
    upper: z.number(),
    concludedAt: instantSchema,
  }),
);
export type ExperimentConcluded = z.infer<typeof experimentConcluded.schema>;
