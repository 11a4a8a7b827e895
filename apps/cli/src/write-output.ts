import { writeFile } from 'node:fs/promises';
import { UsageError } from './command-module.js';

/**
 * A file that a command was asked to write; `what` names it in messages.
 *
 * @throws {UsageError} where it cannot be written
 */
export const writeOutput = async (path: string, { what, text }: { what: string; text: string }): Promise<void> => {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new UsageError(`cannot write ${what} to ${path}: ${(error as Error).message}`, { cause: error });
  }
};
