import { spawnSync } from 'node:child_process';
import { chownSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** Copies with owner and rights. Files of a running server may go while they are copied, which its log makes up for. */
const copy = (from: string, to: string): void => {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  const other = stderr.split('\n').filter((line) => line !== '' && !/No such file/u.test(line));
  if (status !== 0 && other.length > 0) throw new Error(`cp: ${other.join('\n')}`);
};

/** What `pg_basebackup` does, by PostgreSQL's own functions: a copy of the files of a server that goes on working, and the log to make it whole. */
export const backUp = async (databaseUrl: string, copyFolder: string): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const [server] = (await client.query<{ folder: string }>(`select current_setting('data_directory') as folder`)).rows;
    if (!server) throw new Error('PostgreSQL does not say where its data is');
    await client.query(`select pg_backup_start('drill', fast => true)`);
    copy(server.folder, copyFolder);
    const [end] = (await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(wait_for_archive => false)')).rows;
    rmSync(join(copyFolder, 'pg_wal'), { recursive: true });
    copy(join(server.folder, 'pg_wal'), join(copyFolder, 'pg_wal'));
    for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(join(copyFolder, name), { force: true });
    const label = join(copyFolder, 'backup_label');
    writeFileSync(label, end?.labelfile ?? '', { mode: 0o600 });
    const { uid, gid } = statSync(server.folder);
    chownSync(label, uid, gid);
  } finally {
    await client.end();
  }
};

/** Puts the copy where the data was; the server begins by making it whole. */
export const restore = (copyFolder: string, dataFolder: string): void => copy(copyFolder, dataFolder);
