import { z } from 'zod';
import { countSchema } from '../event/event-definition.js';

/**
 * What must hold of an answer where no text is expected word by word: rules that give the same grade every time. A refusal meets none of them.
 * Patterns are RE2's.
 */
export const answerCheckSchema = z.discriminatedUnion('kind', [
  /** Any answer but a refusal. */
  z.object({ kind: z.literal('not_refused') }),
  /** Found anywhere in the answer. */
  z.object({ kind: z.literal('matches'), pattern: z.string().min(1).max(2_000) }),
  z.object({ kind: z.literal('max_words'), words: countSchema.min(1) }),
  /** So many lines, at least, begin with a bullet, or with `ordered` with a number. */
  z.object({ kind: z.literal('list'), itemsMin: countSchema.min(1), ordered: z.boolean() }),
  /** The whole answer is JSON; a code fence around it is allowed. */
  z.object({ kind: z.literal('json') }),
  /** ISO 639-3, such as `eng`; told from 40 letters on, and shorter answers pass. */
  z.object({ kind: z.literal('language'), language: z.string().regex(/^[a-z]{3}$/u) }),
  /** All of them, whatever their case. */
  z.object({ kind: z.literal('mentions'), phrases: z.array(z.string().min(1).max(500)).min(1).max(20) }),
  /** Each number, link and address of it stands in the request, the version's system prompt or its knowledge; "I do not know" passes. */
  z.object({ kind: z.literal('grounded') }),
]);
export type AnswerCheck = z.infer<typeof answerCheckSchema>;
