import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';

/** Writes a file so that a reader, or a restart, sees either the old content or the new. */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  await writeFile(partial, content);
  await rename(partial, path);
}
