import { createHash } from 'node:crypto';
import { EmbeddedModelError } from './embedded-model.error.js';
import { normalizeText } from './text.js';

export const difficulties = ['easy', 'medium', 'hard'] as const;
export type Difficulty = (typeof difficulties)[number];

/** One thing to learn: what a user says and what the right answer is. */
export interface TrainingExample {
  readonly id?: string;
  readonly input: string;
  readonly output: string;
  readonly category?: string;
  /** Used by the curriculum; `medium` when absent. */
  readonly difficulty?: Difficulty;
  /** Multiplies the example's loss; 1 when absent. */
  readonly weight?: number;
}

/** What is said when the model does not know, unless a training gives another text. */
export const DEFAULT_FALLBACK_ANSWER = "I don't know the answer to that.";

/** Categories that mark an example as "not ours to answer", whatever its text says. */
const OUT_OF_SCOPE_CATEGORIES: ReadonlySet<string> = new Set(['oos', 'out_of_scope', 'out-of-scope']);

/** Identity of an answer: derived from its text alone, so that two trainings that teach the same answer share a class. */
export function answerId(output: string): string {
  return createHash('sha256').update(output.normalize('NFC').trim()).digest('hex').slice(0, 16);
}

/** Whether this example teaches when to say "I don't know". */
export function isOutOfScope({ example, fallbackAnswer }: { example: TrainingExample; fallbackAnswer: string }): boolean {
  if (example.category !== undefined && OUT_OF_SCOPE_CATEGORIES.has(example.category.toLowerCase())) return true;
  return normalizeText(example.output) === normalizeText(fallbackAnswer);
}

/** sha256 over what is learnt from the examples, in their order; ids do not count. */
export function hashExamples(examples: readonly TrainingExample[]): string {
  const hash = createHash('sha256');
  for (const { input, output, category = null, difficulty = null, weight = 1 } of examples) {
    hash.update(`${JSON.stringify([input, output, category, difficulty, weight])}\n`);
  }
  return hash.digest('hex');
}

/**
 * Reads chat examples, one JSON object a line: `{id?, messages: [..., user, assistant], category?, difficulty?, weight?}`. Blank lines
 * are skipped; a system message is allowed and ignored. The first bad line throws `bad_example` with its number.
 */
export function parseChatExamples({ text, source }: { text: string; source: string }): TrainingExample[] {
  const examples: TrainingExample[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    examples.push(parseChatExample({ line, where: `${source}, line ${index + 1}` }));
  }
  if (examples.length === 0) throw new EmbeddedModelError('bad_example', `${source} holds no examples; expected one JSON object a line.`);
  return examples;
}

function parseChatExample({ line, where }: { line: string; where: string }): TrainingExample {
  const refuse = (problem: string): never => {
    throw new EmbeddedModelError('bad_example', `${where}: ${problem}`);
  };
  const row = parseObject(line) ?? refuse('not a JSON object.');
  const messages: unknown = row['messages'];
  if (!Array.isArray(messages) || messages.length < 2) {
    return refuse('`messages` must be a list that ends with a user message and an assistant message.');
  }
  const input = contentOf(messages.at(-2), 'user') ?? refuse('the message before the last must be {"role": "user", "content": "..."} with some text.');
  const output = contentOf(messages.at(-1), 'assistant') ?? refuse('the last message must be {"role": "assistant", "content": "..."} with some text.');
  const { id, category, difficulty, weight } = row;
  if (category !== undefined && typeof category !== 'string') refuse('`category` must be text.');
  if (difficulty !== undefined && !isDifficulty(difficulty)) refuse(`\`difficulty\` must be one of ${difficulties.join(', ')}.`);
  if (weight !== undefined && !(typeof weight === 'number' && weight > 0 && weight <= 100)) refuse('`weight` must be a number above 0 and up to 100.');
  return {
    input,
    output,
    ...(typeof id === 'string' || typeof id === 'number' ? { id: String(id) } : {}),
    ...(typeof category === 'string' ? { category } : {}),
    ...(isDifficulty(difficulty) ? { difficulty } : {}),
    ...(typeof weight === 'number' ? { weight } : {}),
  };
}

function isDifficulty(value: unknown): value is Difficulty {
  return difficulties.some((difficulty) => difficulty === value);
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The text of a chat message with this role; null when it is another role or has no text. Content may be a list of text parts. */
export function contentOf(message: unknown, role: string): string | null {
  if (typeof message !== 'object' || message === null) return null;
  const { role: actual, content } = message as Record<string, unknown>;
  if (actual !== role) return null;
  const text = textOfContent(content);
  return text === null || text.trim() === '' ? null : text;
}

/** A message's content as one text: a string, or a list of `{type: "text", text}` parts. */
export function textOfContent(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const parts = content.map((part: unknown) => (typeof part === 'object' && part !== null ? (part as Record<string, unknown>)['text'] : undefined));
  return parts.every((part) => typeof part === 'string') ? parts.join('\n') : null;
}
