import { basename } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../command-module.js';
import { parseCsv } from './csv.js';

/** A text with what it asks for, as `ratchet demo --data` takes it. */
export interface IntentRow {
  readonly text: string;
  readonly intent: string;
  readonly split: string;
  readonly domain: string;
}

/** A file with its path, which messages name. */
export interface SourceFile {
  readonly path: string;
  readonly content: string;
}

const OUT_OF_SCOPE = 'oos';
const WITHOUT_DOMAIN = 'all';
const clincSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));
const domainsSchema = z.record(z.string(), z.array(z.string()));

const parseWith = <S extends z.ZodType>({ path, content }: SourceFile, { schema, expected }: { schema: S; expected: string }): z.infer<S> => {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new UsageError(`${path} is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new UsageError(`${path}: expected ${expected}; ${parsed.error.issues[0]?.path.join('.') ?? ''}: ${parsed.error.issues[0]?.message ?? ''}`);
  return parsed.data;
};

/** `oos_train` is the part of `train` that no intent fits. */
const splitOf = (part: string): string => part.replace(/^oos_/, '');

/**
 * Rows of the CLINC150 files: the texts, and the list of each domain's intents where it is given.
 *
 * @throws {UsageError} where a file has another shape, or an intent is in no domain
 */
export const convertClinc = (texts: SourceFile, domains?: SourceFile): IntentRow[] => {
  const parts = parseWith(texts, { schema: clincSchema, expected: '{"train": [["text", "intent"], ...], ...}' });
  const lists = domains && parseWith(domains, { schema: domainsSchema, expected: '{"domain": ["intent", ...], ...}' });
  const domainOf = new Map(Object.entries(lists ?? {}).flatMap(([domain, intents]) => intents.map((intent) => [intent, domain] as const)));
  return Object.entries(parts).flatMap(([part, rows]) =>
    rows.map(([text, intent]) => {
      if (intent === OUT_OF_SCOPE) return { text, intent, split: splitOf(part), domain: OUT_OF_SCOPE };
      const domain = lists ? domainOf.get(intent) : WITHOUT_DOMAIN;
      if (domain === undefined) throw new UsageError(`${domains?.path ?? ''}: intent ${JSON.stringify(intent)} is in no domain`);
      return { text, intent, split: splitOf(part), domain };
    }),
  );
};

/**
 * Rows of one of the BANKING77 files; its name, `train.csv` or `test.csv`, says which part it is.
 *
 * @throws {UsageError} where a file has another shape
 */
export const convertBanking77 = ({ path, content }: SourceFile): IntentRow[] => {
  const split = basename(path).replace(/\.csv$/i, '');
  const [head, ...rows] = parseCsv(content, path);
  if (head?.fields[0] !== 'text' || head.fields[1] !== 'category') throw new UsageError(`${path}: expected the head line text,category`);
  return rows.map(({ line, fields: [text, intent, ...more] }) => {
    if (text === undefined || text === '' || intent === undefined || intent === '' || more.length > 0) throw new UsageError(`${path}, line ${line}: expected a text and a category`);
    return { text, intent, split, domain: 'banking' };
  });
};
