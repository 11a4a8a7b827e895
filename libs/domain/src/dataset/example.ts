import { z } from 'zod';
import { countSchema, idSchema, shareSchema } from '../event/event-definition.js';
import { answerCheckSchema } from './answer-check.js';
import { scorerSchema } from './scorer.js';

export const exampleSourceSchema = z.enum(['user_correction', 'conversation', 'reviewer', 'correction', 'variation', 'augmentation', 'curriculum', 'import']);
export type ExampleSource = z.infer<typeof exampleSourceSchema>;

/** The article's five kinds of augmentation, and its edge cases. */
export const augmentationSchema = z.enum(['paraphrase', 'add_complexity', 'reduce_complexity', 'add_constraint', 'change_domain', 'edge_case']);
export type Augmentation = z.infer<typeof augmentationSchema>;

export const exampleSchema = z.object({
  exampleId: idSchema,
  input: z.string(),
  output: z.string(),
  /** Grades an answer in place of `output`, which may then be empty; for examples that only judge. */
  check: answerCheckSchema.optional(),
  /** Scores answers in place of the workload's scorer, and of `check`. */
  scorer: scorerSchema.optional(),
  category: z.string().optional(),
  source: exampleSourceSchema,
  split: z.enum(['train', 'test']),
  confidence: shareSchema,
  difficulty: z.enum(['easy', 'medium', 'hard']).optional(),
  /** What was changed of its parent, for examples made by augmentation. */
  augmentation: augmentationSchema.optional(),
  /** The answer that failed, where one is known: the rejected side of a preference pair. */
  rejectedOutput: z.string().optional(),
  /** Where it came from, so that a version can be traced back to the interactions that caused it. */
  lineage: z.object({
    interactionIds: z.array(idSchema),
    opportunityId: idSchema.optional(),
    clusterId: idSchema.optional(),
    /** Names of the signals that made the interactions failures. */
    signals: z.array(z.string()).optional(),
    /** The example that this one was made of. */
    parentExampleId: idSchema.optional(),
    /** Content hashes of the teacher's results that it rests on. */
    teacherCalls: z.array(z.string()).optional(),
    strategyId: idSchema.optional(),
    /** Different users who submitted this very answer. */
    agreeingUsers: countSchema.optional(),
    acceptedBy: z.string().optional(),
    reviewers: z.array(z.string()).optional(),
  }),
});
export type Example = z.infer<typeof exampleSchema>;
