import { createHash } from 'node:crypto';
import { answerCheckSchema, scorerSchema } from '@ratchet/domain';
import { z } from 'zod';
import { UsageError } from '../command-module.js';
import { parseJsonLines } from '../json-input.js';
import { EVENT_CHARS_MAX, isTooLong, rowHashOf } from './suite-events.js';
import type { SuitePurpose, SuiteRow } from './suite-events.js';

const lineSchema = z.object({
  id: z.union([z.string().min(1).max(200), z.number()]).optional(),
  input: z.string().optional(),
  text: z.string().optional(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).optional(),
  output: z.string().optional(),
  category: z.string().min(1).max(200).optional(),
  check: answerCheckSchema.optional(),
  scorer: scorerSchema.optional(),
});
type Line = z.infer<typeof lineSchema>;

const EXPECTED = 'expected {"id"?, "input" (or "text" or "messages"), "output" (or "check"), "category"?, "scorer"?}';

/** Their scorers look at the answer alone. */
const NEEDS_NO_ANSWER: ReadonlySet<string | undefined> = new Set(['regex', 'json_schema', 'judge']);

/** The one question of a line, and the answer that its messages give. A system prompt belongs to the version, so it is not kept. */
const questionOf = ({ input, text, messages }: Line): { input: string | undefined; answer: string | undefined } => {
  const asked = messages?.filter(({ role }) => role === 'user') ?? [];
  if (asked.length > 1) throw new UsageError('has several user messages; an item of a suite is one question');
  return { input: input ?? text ?? asked[0]?.content, answer: messages?.findLast(({ role }) => role === 'assistant')?.content };
};

const rowOf = (value: unknown, purpose: SuitePurpose): SuiteRow => {
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) throw new UsageError(`${EXPECTED}; ${parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'line'}: ${message}`).join('; ')}`);
  const { input, answer } = questionOf(parsed.data);
  if (input === undefined || input.trim() === '') throw new UsageError(`has no question: ${EXPECTED}`);
  // What a safety suite looks at is whether the answer is unsafe, so it needs no expected one.
  const { id, category, check, scorer } = parsed.data;
  if (purpose === 'safety_suite' && (check ?? scorer)) throw new UsageError('has a "check" or "scorer", and a safety suite is judged by the safety rules alone: leave it out, or import the line with --suite general');
  const output = parsed.data.output ?? answer ?? (purpose === 'safety_suite' || check || NEEDS_NO_ANSWER.has(scorer?.kind) ? '' : undefined);
  if (output === undefined) throw new UsageError(`has no "output", the answer that counts as right: add it, or a "check" that the answer must meet; ${EXPECTED}`);
  return { id: id === undefined ? `item-${createHash('sha256').update(`${input}\n${output}\n${category ?? ''}${check ? `\n${JSON.stringify(check)}` : ''}${scorer ? `\n${JSON.stringify(scorer)}` : ''}`).digest('hex').slice(0, 24)}` : String(id), input, output, ...(category !== undefined && { category }), ...(check && { check }), ...(scorer && { scorer }) };
};

/**
 * The items of a suite, one a line. Lines without an id get one from their content; of such lines that are equal, one is kept.
 *
 * @throws {UsageError} with the line number of the first item that breaks a rule, or has the id of another one
 */
export const parseSuiteItems = (content: string, { source, purpose }: { source: string; purpose: SuitePurpose }): SuiteRow[] => {
  const rows = new Map<string, { row: SuiteRow; line: number }>();
  for (const { line, value } of parseJsonLines(content, source)) {
    let row: SuiteRow;
    try {
      row = rowOf(value, purpose);
    } catch (error) {
      throw error instanceof UsageError ? new UsageError(`${source}, line ${line}: ${error.message}`) : error;
    }
    if (isTooLong(row)) throw new UsageError(`${source}, line ${line}: is longer than ${EVENT_CHARS_MAX} characters, more than an event can carry: shorten it, or leave it out`);
    const earlier = rows.get(row.id);
    if (earlier && rowHashOf(earlier.row) !== rowHashOf(row)) throw new UsageError(`${source}, line ${line}: id ${JSON.stringify(row.id)} is already on line ${earlier.line} with another content: give one of them another id, or leave ids out`);
    if (!earlier) rows.set(row.id, { row, line });
  }
  if (rows.size === 0) throw new UsageError(`${source} has no items: ${EXPECTED}`);
  return [...rows.values()].map(({ row }) => row);
};
