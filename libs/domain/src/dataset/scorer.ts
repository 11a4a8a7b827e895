import { z } from 'zod';
import { shareSchema } from '../event/event-definition.js';

/**
 * How answers to one item are scored, from 0 to 1. Whoever scores says what cannot be used (a pattern that is not RE2's, a schema that does not compile,
 * no judge configured): such an item has no score, and counts as missing.
 */
export const scorerSchema = z.discriminatedUnion('kind', [
  /** 1 where the answer is the expected one, character by character. */
  z.strictObject({ kind: z.literal('exact') }),
  /** The same but for case, white space and the way in which Unicode writes a letter. */
  z.strictObject({ kind: z.literal('normalised') }),
  /** 1 where the pattern (RE2) is found anywhere in the answer; `^` and `$` hold it to the whole. */
  z.strictObject({ kind: z.literal('regex'), pattern: z.string().min(1).max(2_000) }),
  /** 1 where the whole answer is JSON, a code fence around it allowed, and fits the JSON Schema (draft 7). */
  z.strictObject({ kind: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) }),
  /**
   * By the cosine of the embeddings of answer and expected answer: 1 from `threshold` on, 0 up to `floor`, and straight in between.
   * Without them, those of the service's configuration.
   */
  z.strictObject({ kind: z.literal('similarity'), threshold: shareSchema.optional(), floor: shareSchema.optional() }),
  /** A model compares the answers of both versions: 1 for the better, 0 for the other, 0.5 each for a tie. `criteria` says what matters in this item. */
  z.strictObject({ kind: z.literal('judge'), criteria: z.string().min(1).max(2_000).optional() }),
]);
export type ScorerChoice = z.infer<typeof scorerSchema>;
