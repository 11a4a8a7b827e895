import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema } from '../event/event-definition.js';
import { targetFields } from '../target/target.js';

/** A link of a hash chain that holds records of one kind. */
const linkSchemaOf = <Content extends z.ZodType>(record: Content) =>
  z.object({
    sequence: countSchema,
    /** Hash of the record before it; 64 zeros for the first. */
    previousHash: z.string().length(64),
    /** SHA-256 over previousHash, sequence and the canonical JSON of the record. */
    hash: z.string().length(64),
    record,
    recordedAt: instantSchema,
  });

/** The article's record of one improvement cycle, field by field. */
export const cycleRecordSchema = z.object({
  cycle_id: idSchema,
  ...targetFields,
  trigger: z.string(),
  /** What every trigger saw when the cycle began; missing in records of cycles before it was told. */
  trigger_facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  failures_analyzed: countSchema,
  data_generated: countSchema,
  training_config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  evaluation_results: z.array(z.unknown()),
  deployment_decision: z.string(),
  rollback_events: z.array(z.unknown()),
  human_approvals: z.array(z.unknown()),
  timestamp: instantSchema,
});
export type CycleRecord = z.infer<typeof cycleRecordSchema>;

export const auditRecorded = defineEvent('ratchet.audit.recorded', linkSchemaOf(cycleRecordSchema));
export type AuditRecorded = z.infer<typeof auditRecorded.schema>;

/** What a decision found or left: facts alone, never what a user or a model wrote. */
const factsSchema = z.record(z.string().max(100), z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]));

/** One decision of a person or of the automation: who, what, when, why, and what it changed. */
export const decisionRecordSchema = z.object({
  decision_id: z.string().min(1).max(300),
  kind: z.string().min(1).max(200),
  actor: z.string().max(500),
  reason: z.string(),
  /** `*` where it is not about one target. */
  ...targetFields,
  cycle_id: z.string().nullable(),
  before: factsSchema,
  after: factsSchema,
  happened_at: instantSchema,
});
export type DecisionRecord = z.infer<typeof decisionRecordSchema>;

export const auditDecided = defineEvent('ratchet.audit.decided', linkSchemaOf(decisionRecordSchema));
export type AuditDecided = z.infer<typeof auditDecided.schema>;

/** Heads of both chains at one moment; sequence 0 and 64 zeros stand for an empty chain. */
const headSchema = z.object({ sequence: countSchema, hash: z.string().length(64) });
export const auditAnchored = defineEvent(
  'ratchet.audit.anchored',
  z.object({
    cycles: headSchema,
    decisions: headSchema,
    /** Later than that of the anchor before. */
    anchoredAt: instantSchema,
    /** Ed25519 over `ratchet.audit.anchored`, a line break and the canonical JSON of the fields above, as base64; absent where the console has no key. */
    signature: z.string().max(200).optional(),
  }),
);
export type AuditAnchored = z.infer<typeof auditAnchored.schema>;
