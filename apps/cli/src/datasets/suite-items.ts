import { createHash } from 'node:crypto';
import { z } from 'zod';
import { UsageError } from '../command-module.js';
import { parseJsonLines } from '../json-input.js';
import type { SuitePurpose, SuiteRow } from './suite-events.js';

const lineSchema = z.object({
  id: z.union([z.string().min(1).max(200), z.number()]).optional(),
  input: z.string().optional(),
  text: z.string().optional(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).optional(),
  output: z.string().optional(),
  category: z.string().min(1).max(200).optional(),
});
type Line = z.infer<typeof lineSchema>;

const EXPECTED = 'expected {"id"?, "input" (or "text" or "messages"), "output", "category"}';

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
  const output = parsed.data.output ?? answer ?? (purpose === 'safety_suite' ? '' : undefined);
  if (output === undefined) throw new UsageError(`has no "output", the answer that counts as right: ${EXPECTED}`);
  const { id, category } = parsed.data;
  return { id: id === undefined ? `item-${createHash('sha256').update(`${input}\n${output}\n${category ?? ''}`).digest('hex').slice(0, 24)}` : String(id), input, output, ...(category !== undefined && { category }) };
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
    const earlier = rows.get(row.id);
    if (earlier && (earlier.row.input !== row.input || earlier.row.output !== row.output)) throw new UsageError(`${source}, line ${line}: id ${JSON.stringify(row.id)} is already on line ${earlier.line}`);
    if (!earlier) rows.set(row.id, { row, line });
  }
  if (rows.size === 0) throw new UsageError(`${source} has no items: ${EXPECTED}`);
  return [...rows.values()].map(({ row }) => row);
};
