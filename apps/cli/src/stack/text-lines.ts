import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
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
  const input = path === '-' ? io.stdin : createReadStream(path);
  // A reader that waits for lines does not see the error of the stream below it.
  let failure: Error | undefined;
  const lines = createInterface({ input, crlfDelay: Infinity });
  input.once('error', (error: Error) => {
    failure = error;
    lines.close();
  });
  let line = 0;
  for await (const raw of lines) {
    line += 1;
    const text = line === 1 && raw.startsWith(BYTE_ORDER_MARK) ? raw.slice(1) : raw;
    if (text.trim() !== '') yield { line, text };
  }
  if (failure) throw new UsageError(`cannot read ${path === '-' ? 'standard input' : path}: ${failure.message}`, { cause: failure });
}
