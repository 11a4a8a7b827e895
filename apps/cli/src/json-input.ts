import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { type CommandIo, UsageError } from './command-module.js';

/** A parsed line of a JSON lines input, with its number for messages (the first is 1). */
export interface JsonLine {
  line: number;
  value: unknown;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const BYTE_ORDER_MARK = '\ufeff';

/**
 * The text of a file, or of standard input for `-`.
 *
 * @throws {UsageError} where the file cannot be read
 */
export const readInput = async (path: string, io: CommandIo): Promise<string> => {
  try {
    const content = path === '-' ? await text(io.stdin) : await readFile(path, 'utf8');
    return content.startsWith(BYTE_ORDER_MARK) ? content.slice(1) : content;
  } catch (error) {
    throw new UsageError(`cannot read ${nameOfInput(path)}: ${(error as Error).message}`, { cause: error });
  }
};

/** How messages call an input. */
export const nameOfInput = (path: string): string => (path === '-' ? 'standard input' : path);

/**
 * One JSON document.
 *
 * @throws {UsageError} that names the source, where it is no JSON
 */
export const parseJson = (content: string, source: string): unknown => {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new UsageError(`${source} is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
};

/**
 * One JSON value a line; blank lines are skipped.
 *
 * @throws {UsageError} with source and line number, where a line is no JSON
 */
export const parseJsonLines = (content: string, source: string): JsonLine[] =>
  content.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    return [{ line: index + 1, value: parseJson(line, `${source}, line ${index + 1},`) }];
  });
