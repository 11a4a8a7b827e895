import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

const OWN_NAME = 'cycle-kills';
const LOOK_EVERY_MS = 15;

/** Makes a service's transaction wait, by a lock that it comes to need. Nothing is written. */
export interface DatabaseHold {
  /** Resolves once a service waits for the lock. */
  readonly reached: Promise<void>;
  /** The transactions that wait are ended first where their process is dead: by itself the database notices that only later. */
  release(options: { readonly endWaiting: boolean }): Promise<void>;
}

/** Its own connections never count as waiting. */
const WAITING = `select pid from pg_stat_activity where $1 = any(pg_blocking_pids(pid)) and application_name <> '${OWN_NAME}'`;

export class DatabaseHolds {
  readonly looks: pg.Pool;

  constructor(private readonly url: string) {
    this.looks = new pg.Pool({ connectionString: url, application_name: OWN_NAME, max: 4 });
    // A connection that a restart of the database took away is replaced by the next look.
    this.looks.on('error', () => undefined);
  }

  /** `lock` may have to wait in the queue behind another hold: this resolves once it stands there. */
  async hold(lock: string): Promise<DatabaseHold> {
    const holder = new pg.Client({ connectionString: this.url, application_name: OWN_NAME });
    await holder.connect();
    const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid');
    const pid = rows[0]?.pid ?? 0;
    await holder.query('begin');
    let released = false;
    const held = holder.query(lock).then(() => undefined, () => undefined);
    await Promise.race([held, wait(50)]);
    const waiting = async (): Promise<number[]> => (await this.looks.query<{ pid: number }>(WAITING, [pid])).rows.map((row) => row.pid);
    const reached = (async (): Promise<void> => {
      await held;
      while (!released && (await waiting()).length === 0) await wait(LOOK_EVERY_MS);
    })();
    return {
      reached,
      release: async ({ endWaiting }) => {
        released = true;
        await held;
        if (endWaiting) for (const one of await waiting()) await this.looks.query('select pg_terminate_backend($1)', [one]);
        await holder.query('rollback');
        await holder.end();
      },
    };
  }

  async close(): Promise<void> {
    await this.looks.end();
  }
}

/** The outbox of a service is written under this lock, as the last thing before a transaction's commit. */
export const outboxLock = (schema: string): string => `select pg_advisory_xact_lock(hashtext('${schema}.outbox'))`;
