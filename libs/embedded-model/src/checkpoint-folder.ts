import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { decodeCheckpoint, encodeCheckpoint, type EncodedCheckpoint } from './checkpoint-codec.js';
import type { Checkpoint } from './checkpoint.js';
import { EmbeddedModelError } from './embedded-model.error.js';

const HEADER_FILE = 'header.json';
const WEIGHTS_FILE = 'weights.bin';
const MEMORY_FILE = 'memory.json';
const SENTENCES_FILE = 'sentences.bin';

/** A checkpoint with the hash of its content, as it was read from disk. */
export interface LoadedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly contentHash: string;
}

/** Writes a checkpoint as a folder, all or nothing, replacing one that is there. Returns its content hash. */
export async function saveCheckpoint({ folder, checkpoint }: { folder: string; checkpoint: Checkpoint }): Promise<string> {
  const encoded = encodeCheckpoint(checkpoint);
  await saveEncodedCheckpoint({ folder, encoded });
  return encoded.contentHash;
}

export async function saveEncodedCheckpoint({ folder, encoded }: { folder: string; encoded: EncodedCheckpoint }): Promise<void> {
  const partial = join(dirname(folder), `.${basename(folder)}.${process.pid}.partial`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await writeFile(join(partial, WEIGHTS_FILE), encoded.weights);
  await writeFile(join(partial, MEMORY_FILE), encoded.memory);
  if (encoded.sentences !== null) await writeFile(join(partial, SENTENCES_FILE), encoded.sentences);
  await writeFile(join(partial, HEADER_FILE), encoded.header);
  await removeOldCheckpoint(folder);
  try {
    await rename(partial, folder);
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    throw new EmbeddedModelError('unusable_folder', `A model cannot be written to ${folder}: it holds other files, or is not a folder. Name a new folder.`, { cause });
  }
}

/** Reads and checks a checkpoint folder. Throws `missing_checkpoint`, `corrupt_checkpoint` or `incompatible_checkpoint`. */
export async function loadCheckpoint(folder: string): Promise<LoadedCheckpoint> {
  // The header first: without it, what is missing is the model.
  const header = await readPart(folder, HEADER_FILE);
  const [weights, memory] = await Promise.all([readPart(folder, WEIGHTS_FILE), readPart(folder, MEMORY_FILE)]);
  // Only a model with an encoder has this one; whether it should is in the header.
  const sentences = await readFile(join(folder, SENTENCES_FILE)).catch(() => null);
  return decodeCheckpoint({ header, weights, memory, sentences }, folder);
}

async function readPart(folder: string, file: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, file));
  } catch (cause) {
    if (file === HEADER_FILE) throw new EmbeddedModelError('missing_checkpoint', `There is no model at ${folder} (no readable ${HEADER_FILE}).`, { cause });
    throw new EmbeddedModelError('corrupt_checkpoint', `${folder} cannot be used: ${file} is missing. Restore the folder from its origin, or train again.`, { cause });
  }
}

/** Only ever deletes what is a checkpoint: a mistyped output folder with other files in it is refused. */
async function removeOldCheckpoint(folder: string): Promise<void> {
  try {
    await readFile(join(folder, HEADER_FILE));
  } catch {
    // Not a checkpoint: a rename onto an empty or absent folder works, onto any other one it fails.
    return;
  }
  await rm(folder, { recursive: true });
}
