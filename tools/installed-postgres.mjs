// The programs of a PostgreSQL of the system: those of the npm package are without pg_dump and pg_basebackup.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';
const TOOLS = ['initdb', 'postgres', 'pg_dump', 'pg_restore', 'pg_basebackup', 'psql'];
const INSTALL_WITHIN_MS = 10 * 60_000;

const isComplete = (folder) => TOOLS.every((tool) => existsSync(join(folder, 'bin', tool)));
const newestOfDebian = () => {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(DEBIAN, version)).find(isComplete);
};

/** The folder above their `bin`: RATCHET_POSTGRES_PROGRAMS, or Debian's newest, which is installed where it can be; undefined where there is none. */
export const installedPostgres = () => {
  const named = process.env.RATCHET_POSTGRES_PROGRAMS;
  if (named) return isComplete(named) ? named : undefined;
  if (newestOfDebian() === undefined) spawnSync('apt-get', ['install', '--yes', '--quiet', 'postgresql'], { stdio: 'ignore', timeout: INSTALL_WITHIN_MS });
  return newestOfDebian();
};
