import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const rowSchema = z.object({ text: z.string().min(1), intent: z.string().min(1), split: z.string(), domain: z.string().default('all'), answer: z.string().optional() });

/** One thing users ask, with its answer and the texts that ask it. */
export interface Intent {
  readonly intent: string;
  readonly domain: string;
  readonly answer: string;
  /** May be trained on and sent as traffic. */
  readonly open: readonly string[];
  /** Kept for judging: never traffic, never training data. */
  readonly reserved: readonly string[];
}

export interface IntentData {
  readonly intents: readonly Intent[];
  readonly outOfScope: Intent;
}

export class DataFileError extends Error {}

const OUT_OF_SCOPE = new Set(['oos', 'out_of_scope']);
const FALLBACK_ANSWER = 'I am not sure about that. Could you say it in other words, or shall I get a person?';
const order = (text: string): string => createHash('sha256').update(text).digest('hex');
const byHash = (texts: Iterable<string>): string[] => [...texts].sort((a, b) => (order(a) < order(b) ? -1 : 1));

/** A sentence made of the intent's name, where a file has no answers. */
export const sentenceOf = (intent: string): string => `Here is how to deal with "${intent.replaceAll('_', ' ')}".`;

interface Row extends z.infer<typeof rowSchema> {}

const readRows = (file: string): Row[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => {
      try {
        return rowSchema.parse(JSON.parse(line));
      } catch {
        throw new DataFileError(`${file}, line ${number}: expected {"text", "intent", "split", "domain"}`);
      }
    });

const isReserved = (rows: readonly Row[]): ((row: Row, place: number) => boolean) => {
  const judged = new Set(['test', 'val', 'valid', 'validation', 'eval']);
  const enough = rows.filter(({ split }) => judged.has(split)).length >= rows.length / 10;
  // A file without a part for judging: every third text of an intent, in an order that its hash gives.
  return enough ? ({ split }) => judged.has(split) : (_row, place) => place % 3 === 0;
};

/** Reads `{text, intent, split, domain}` lines; answers come from `answers`, a row's own `answer`, or the intent's name. */
export const readIntentData = (file: string, answers: Readonly<Record<string, string>> = {}): IntentData => {
  const rows = readRows(file);
  const reserved = isReserved(rows);
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.intent, [...(groups.get(row.intent) ?? []), row]);
  const intents = [...groups].map(([intent, group]): Intent => {
    const texts = new Map(group.map((row) => [row.text, row]));
    const ordered = byHash(texts.keys());
    const kept = ordered.filter((text, place) => reserved(texts.get(text) as Row, place));
    const first = group[0] as Row;
    const scope = OUT_OF_SCOPE.has(intent);
    return {
      intent,
      domain: first.domain,
      answer: answers[intent] ?? first.answer ?? (scope ? FALLBACK_ANSWER : sentenceOf(intent)),
      open: ordered.filter((text) => !kept.includes(text)),
      reserved: kept,
    };
  });
  const known = intents.filter(({ intent }) => !OUT_OF_SCOPE.has(intent));
  if (known.length < 8) throw new DataFileError(`${file}: a demo needs at least 8 intents, this file has ${known.length}`);
  const outOfScope = intents.find(({ intent }) => OUT_OF_SCOPE.has(intent)) ?? { intent: 'out_of_scope', domain: 'out_of_scope', answer: FALLBACK_ANSWER, open: [], reserved: [] };
  return { intents: known, outOfScope };
};
