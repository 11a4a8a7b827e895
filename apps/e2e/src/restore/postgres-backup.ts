import { spawnSync } from 'node:child_process';
import { chownSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** How a running PostgreSQL is backed up. */
export const backupWays = ['copy', 'basebackup', 'dump'] as const;
export type BackupWay = (typeof backupWays)[number];

/** Where the server is, where its data was, and where the backup is. */
export interface BackupPlaces {
  readonly databaseUrl: string;
  readonly dataFolder: string;
  readonly backup: string;
}

interface Backup {
  readonly backUp: (places: BackupPlaces) => Promise<void> | void;
  /** Before the server starts: where it does not make an empty folder, it goes on with these files. */
  readonly putFiles?: (places: BackupPlaces) => void;
  /** After it has started. */
  readonly putRows?: (places: BackupPlaces) => void;
}

const run = (command: string, args: readonly string[]): void => {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error || status !== 0) throw new Error(`${command}: ${error?.message ?? stderr}`);
};

/** A tool of the server's own version: RATCHET_POSTGRES_PROGRAMS names the folder, for the programs of the npm package are without them. */
const runTool = (name: string, args: readonly string[]): void => {
  const programs = process.env['RATCHET_POSTGRES_PROGRAMS'];
  if (!programs) throw new RangeError(`${name} comes with an installed PostgreSQL: name its folder by RATCHET_POSTGRES_PROGRAMS, such as /usr/lib/postgresql/17`);
  run(join(programs, 'bin', name), args);
};

/** Copies with owner and rights. Files of a running server may go while they are copied, which its log makes up for. */
const copyFolder = (from: string, to: string): void => {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  const other = stderr.split('\n').filter((line) => line !== '' && !/No such file/u.test(line));
  if (status !== 0 && other.length > 0) throw new Error(`cp: ${other.join('\n')}`);
};
const putFiles = ({ backup, dataFolder }: BackupPlaces): void => copyFolder(backup, dataFolder);

/** What `pg_basebackup` does, by PostgreSQL's own functions: a copy of the files of a server that goes on working, and the log to make it whole. */
const copyRunning = async ({ databaseUrl, dataFolder, backup }: BackupPlaces): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`select pg_backup_start('drill', fast => true)`);
    copyFolder(dataFolder, backup);
    const [end] = (await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(wait_for_archive => false)')).rows;
    rmSync(join(backup, 'pg_wal'), { recursive: true });
    copyFolder(join(dataFolder, 'pg_wal'), join(backup, 'pg_wal'));
    for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(join(backup, name), { force: true });
    const label = join(backup, 'backup_label');
    writeFileSync(label, end?.labelfile ?? '', { mode: 0o600 });
    const { uid, gid } = statSync(dataFolder);
    chownSync(label, uid, gid);
  } finally {
    await client.end();
  }
};

/** The server refuses files of another owner. */
const takeBaseBackup = ({ databaseUrl, dataFolder, backup }: BackupPlaces): void => {
  runTool('pg_basebackup', [`--pgdata=${backup}`, '--wal-method=stream', '--checkpoint=fast', `--dbname=${databaseUrl}`]);
  const { uid, gid } = statSync(dataFolder);
  run('chown', ['-R', `${uid}:${gid}`, backup]);
};

/** The commands are those of docs/operating/backup.md. */
export const backups: Readonly<Record<BackupWay, Backup>> = {
  copy: { backUp: copyRunning, putFiles },
  basebackup: { backUp: takeBaseBackup, putFiles },
  dump: {
    backUp: ({ databaseUrl, backup }) => runTool('pg_dump', ['--format=custom', `--file=${backup}`, databaseUrl]),
    putRows: ({ databaseUrl, backup }) => {
      // Roles belong to the server, and a new one has none.
      runTool('psql', [`--dbname=${databaseUrl}`, '--command=create role ratchet_console_app nologin']);
      runTool('pg_restore', ['--clean', '--if-exists', '--exit-on-error', `--dbname=${databaseUrl}`, backup]);
    },
  },
};
