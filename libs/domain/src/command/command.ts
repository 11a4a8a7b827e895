import { z } from 'zod';
import { defineEvent, idSchema, instantSchema } from '../event/event-definition.js';
import { targetFields } from '../target/target.js';
import { bundleSchema } from '../version/version.js';

const commandFields = {
  commandId: idSchema,
  actor: z.string().min(1).max(200),
  reason: z.string().min(1).max(2000),
  ...targetFields,
  issuedAt: instantSchema,
};

/** What a person (or a script in a person's name) orders; the automation never undoes it. */
export const commandSchema = z.discriminatedUnion('name', [
  /** Puts a first champion behind a target that has none. */
  z.object({ name: z.literal('target.adopt'), ...commandFields, bundle: bundleSchema }),
  z.object({ name: z.literal('analysis.run'), ...commandFields }),
  z.object({ name: z.literal('training.run'), ...commandFields }),
  z.object({ name: z.literal('candidate.approve'), ...commandFields, version: idSchema }),
  z.object({ name: z.literal('candidate.reject'), ...commandFields, version: idSchema }),
  z.object({ name: z.literal('rollout.pause'), ...commandFields }),
  z.object({ name: z.literal('rollout.resume'), ...commandFields }),
  z.object({ name: z.literal('rollout.advance'), ...commandFields }),
  z.object({ name: z.literal('rollout.rollback'), ...commandFields }),
  z.object({ name: z.literal('automation.hold'), ...commandFields }),
  z.object({ name: z.literal('automation.release'), ...commandFields }),
]);
export type Command = z.infer<typeof commandSchema>;

export const commandIssued = defineEvent('ratchet.command.issued', commandSchema);
