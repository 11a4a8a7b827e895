import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema, shareSchema } from '../event/event-definition.js';
import { rootCauseSchema } from '../opportunity/fix-type.js';
import { experimentPlanSchema } from '../rollout/rollout.js';
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
  z.object({ name: z.literal('generation.run'), ...commandFields }),
  /** Starts a cycle with all examples that wait, whatever the triggers say. */
  z.object({ name: z.literal('training.run'), ...commandFields }),
  /** Ends the training of the open cycle; its examples wait again. */
  z.object({ name: z.literal('training.cancel'), ...commandFields }),
  /** A person's word on a root cause stands in every later analysis. */
  z.object({ name: z.literal('opportunity.diagnose'), ...commandFields, opportunityId: idSchema, rootCause: rootCauseSchema }),
  z.object({ name: z.literal('opportunity.dismiss'), ...commandFields, opportunityId: idSchema }),
  /** Sets review items aside for one reviewer (the actor) for a while; items that another holds are left alone. */
  z.object({ name: z.literal('review.claim'), ...commandFields, exampleIds: z.array(idSchema).min(1).max(200) }),
  z.object({ name: z.literal('review.release'), ...commandFields, exampleIds: z.array(idSchema).min(1).max(200) }),
  z.object({ name: z.literal('review.approve'), ...commandFields, exampleIds: z.array(idSchema).min(1).max(200) }),
  z.object({ name: z.literal('review.reject'), ...commandFields, exampleIds: z.array(idSchema).min(1).max(200) }),
  /** Approves one item with another answer. */
  z.object({ name: z.literal('review.edit'), ...commandFields, exampleId: idSchema, output: z.string().min(1).max(20_000) }),
  /** Takes the actor's own decisions back, where the answers are in no dataset yet; the items are theirs to decide again. */
  z.object({ name: z.literal('review.reopen'), ...commandFields, exampleIds: z.array(idSchema).min(1).max(200) }),
  /** Removes what a user said from everything that is kept to learn from. */
  z.object({ name: z.literal('user.erase'), ...commandFields, userId: idSchema }),
  /** `stage` and `evidence` (the sequence of the rollout's last row) say what was looked at: the approval means nothing else. */
  z.object({ name: z.literal('candidate.approve'), ...commandFields, version: idSchema, stage: countSchema.optional(), evidence: countSchema.optional() }),
  z.object({ name: z.literal('candidate.reject'), ...commandFields, version: idSchema }),
  z.object({ name: z.literal('rollout.pause'), ...commandFields }),
  z.object({ name: z.literal('rollout.resume'), ...commandFields }),
  z.object({ name: z.literal('rollout.advance'), ...commandFields }),
  z.object({ name: z.literal('rollout.rollback'), ...commandFields }),
  /** An A/B test of any two versions; `control` is the champion where it is absent. Its id is the command's. */
  z.object({
    name: z.literal('experiment.start'),
    ...commandFields,
    treatment: idSchema,
    control: idSchema.optional(),
    /** Of all traffic; the rest of it, beside both arms, is the champion's. */
    share: shareSchema.optional(),
    controlShare: shareSchema.optional(),
    plan: experimentPlanSchema.optional(),
    alpha: z.number().positive().max(0.2).optional(),
    margin: z.number().positive().max(0.5).optional(),
    /** What follows where the treatment wins against the champion; nothing by default. */
    onWin: z.enum(['keep', 'rollout']).optional(),
  }),
  z.object({ name: z.literal('experiment.stop'), ...commandFields, experimentId: idSchema.optional() }),
  z.object({ name: z.literal('automation.hold'), ...commandFields }),
  z.object({ name: z.literal('automation.release'), ...commandFields }),
]);
export type Command = z.infer<typeof commandSchema>;

export const commandIssued = defineEvent('ratchet.command.issued', commandSchema);

/** Who obeys commands will not do this one, and says why; nothing has changed. */
export const commandRefused = defineEvent(
  'ratchet.command.refused',
  z.object({ commandId: idSchema, name: z.string(), actor: z.string(), ...targetFields, message: z.string(), refusedAt: instantSchema }),
);
export type CommandRefused = z.infer<typeof commandRefused.schema>;
