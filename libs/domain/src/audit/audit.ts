import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema } from '../event/event-definition.js';
import { targetFields } from '../target/target.js';

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

export const auditRecorded = defineEvent(
  'ratchet.audit.recorded',
  z.object({
    sequence: countSchema,
    /** Hash of the record before it; 64 zeros for the first. */
    previousHash: z.string().length(64),
    /** SHA-256 over previousHash, sequence and the canonical JSON of the record. */
    hash: z.string().length(64),
    record: cycleRecordSchema,
    recordedAt: instantSchema,
  }),
);
export type AuditRecorded = z.infer<typeof auditRecorded.schema>;
