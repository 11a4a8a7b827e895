import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TOKEN_BYTES = 32;

const fileOf = (dataDir: string): string => join(dataDir, 'console-token');

/** Where the token of the console's admin is kept, if it is. */
export const consoleTokenFile = (dataDir: string): string | undefined => (existsSync(fileOf(dataDir)) ? fileOf(dataDir) : undefined);

export interface ConsoleToken {
  readonly token: string;
  /** How to sign in, for people. It holds the token only when the token is new: later it stands in its file alone. */
  readonly hint: string;
}

/** The admin's token of the console on this machine: made once for a data folder, and readable by its owner alone. FIRST_ADMIN_TOKEN of the environment goes before it. */
export const consoleTokenOf = (dataDir: string, env: NodeJS.ProcessEnv = process.env): ConsoleToken => {
  const { FIRST_ADMIN_TOKEN: given } = env;
  if (given) return { token: given, hint: 'Sign in at the console with FIRST_ADMIN_TOKEN.' };
  const file = fileOf(dataDir);
  if (existsSync(file)) return { token: readFileSync(file, 'utf8').trim(), hint: `Sign in at the console with the token in ${file}` };
  const token = `rtk_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return { token, hint: `Sign in at the console with the token ${token} (kept in ${file})` };
};
