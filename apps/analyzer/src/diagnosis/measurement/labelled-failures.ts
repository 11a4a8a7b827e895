import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { evidenceSchema, feedbackReasonSchema, normalizeAnswer, rootCauseSchema, signalNameSchema } from '@ratchet/domain';
import { z } from 'zod';
import type { Failure } from '../../analysis/failure.js';
import type { RootCause } from '@ratchet/domain';

const rowSchema = z.strictObject({
  id: z.string(),
  rootCause: rootCauseSchema,
  query: z.string(),
  response: z.string(),
  correction: z.string().optional(),
  comment: z.string().optional(),
  next: z.string().optional(),
  reasons: z.array(feedbackReasonSchema).default([]),
  signals: z.array(z.strictObject({ name: signalNameSchema, strength: z.number(), evaluator: z.string().optional() })).default([]),
  givenElsewhere: z.boolean().default(false),
  hard: z.string().optional(),
});
type Row = z.infer<typeof rowSchema>;

export type Half = 'development' | 'held_out';

export interface LabelledFailure {
  readonly id: string;
  readonly rootCause: RootCause;
  readonly half: Half;
  /** Written after the rules, to see what they make of wordings that nobody had in mind. */
  readonly isLater: boolean;
  readonly isHard: boolean;
  readonly failure: Failure;
  /** Answers that the model gives elsewhere, normalised. */
  readonly givenAnswers: ReadonlySet<string>;
}

/** Signals whose evidence quotes the user's next message. */
const QUOTING: ReadonlySet<string> = new Set(['correction', 'reformulation', 'repeated_query', 'quick_follow_up', 'escalation', 'negative_comment']);
const LATER = 'later';
const FOLDER = new URL('../../../assets/root-causes/', import.meta.url);

const failureOf = (row: Row): Failure => ({
  interactionId: row.id,
  conversationId: row.id,
  version: 'labelled',
  query: row.query,
  response: row.response,
  severity: 0.6,
  signals: row.signals.map(({ name, strength, evaluator }) => ({
    name, strength, evidence: evidenceSchema.parse({ ...(evaluator !== undefined && { evaluator }), ...(QUOTING.has(name) && row.next !== undefined && { next: row.next }) }),
  })),
  reasons: row.reasons,
  comments: row.comment === undefined ? [] : [row.comment],
  ...(row.correction !== undefined && { correction: row.correction }),
});

const halfOf = ({ query }: Row): Half => ((createHash('sha256').update(query).digest()[0] ?? 0) % 2 === 0 ? 'development' : 'held_out');

/** The labelled failures of `assets/root-causes`, in the order of their files. */
export const loadLabelledFailures = (): LabelledFailure[] =>
  [...rootCauseSchema.options, LATER].flatMap((file) =>
    readFileSync(new URL(`${file}.jsonl`, FOLDER), 'utf8').trimEnd().split('\n').map((line): LabelledFailure => {
      const row = rowSchema.parse(JSON.parse(line));
      return {
        id: row.id, rootCause: row.rootCause, half: halfOf(row), isLater: file === LATER, isHard: row.hard !== undefined, failure: failureOf(row),
        givenAnswers: new Set(row.givenElsewhere && row.correction !== undefined ? [normalizeAnswer(row.correction)] : []),
      };
    }),
  );
