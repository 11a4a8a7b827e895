import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { CommandIo } from '../command-module.js';
import { UsageError } from '../command-module.js';

/** A line with its number; the first is 1. */
export interface TextLine {
  readonly line: number;
  readonly text: string;
}

const BYTE_ORDER_MARK = '\ufeff';

/**
 * The lines of a file, or of standard input for `-`, without reading it as a whole; empty ones are passed over.
 *
 * @throws {UsageError} where the file cannot be read
 */
export async function* textLines(path: string, io: CommandIo): AsyncGenerator<TextLine> {
  const lines = createInterface({ input: path === '-' ? io.stdin : await openFile(path), crlfDelay: Infinity });
  let line = 0;
  for await (const raw of lines) {
    line += 1;
    const text = line === 1 && raw.startsWith(BYTE_ORDER_MARK) ? raw.slice(1) : raw;
    if (text.trim() !== '') yield { line, text };
  }
}

const openFile = async (path: string): Promise<Readable> => {
  try {
    const file = await open(path);
    if ((await file.stat()).isDirectory()) throw new Error('it is a folder');
    return file.createReadStream();
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
};
