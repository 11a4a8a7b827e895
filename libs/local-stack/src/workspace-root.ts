import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { LocalStackError } from './local-stack-error.js';

/**
 * The absolute path of the repository that this library lies in: the nearest folder above with an `nx.json`.
 *
 * @throws {LocalStackError} `bad_configuration` outside of the repository.
 */
export function workspaceRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'nx.json'))) return folder;
  }
  throw new LocalStackError({
    code: 'bad_configuration',
    message: `The local stack runs from a checkout of the repository, and ${start} is in none. Run it from a clone, or set KAFKA_BROKERS and DATABASE_URL.`,
  });
}
