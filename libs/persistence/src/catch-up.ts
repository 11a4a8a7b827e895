import { parseCrontab } from 'graphile-worker';
import type { PoolClient } from 'pg';

const MINUTE_MS = 60_000;

/** The last time at or before `nowMs`, within `windowMs`, that a line of a crontab names; undefined where there is none. Throws where the line cannot be read. */
export const lastTimeOf = (line: string, { nowMs, windowMs }: { nowMs: number; windowMs: number }): Date | undefined => {
  const [item] = parseCrontab(line);
  if (item === undefined) return undefined;
  for (let ms = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS; ms > nowMs - windowMs; ms -= MINUTE_MS) {
    const at = new Date(ms);
    if (item.match({ min: at.getUTCMinutes(), hour: at.getUTCHours(), date: at.getUTCDate(), month: at.getUTCMonth() + 1, dow: at.getUTCDay() })) return at;
  }
  return undefined;
};

/**
 * Marks all that a cron missed as done, but the last: the job runner makes up for each missed time by itself, and a job key does not make one of those that it
 * takes up before the next is added.
 */
export const forgetAllButTheLast = async (client: Pick<PoolClient, 'query'>, { schema, crons, nowMs, windowMs }: { schema: string; crons: readonly { readonly cronName: string; readonly line: string }[]; nowMs: number; windowMs: number }): Promise<void> => {
  for (const { cronName, line } of crons) {
    const last = lastTimeOf(line, { nowMs, windowMs });
    if (last === undefined) continue;
    const before = new Date(last.getTime() - MINUTE_MS).toISOString();
    await client.query(
      `update "${schema}"._private_known_crontabs set last_execution = $2::timestamptz where identifier = $1 and coalesce(last_execution, known_since) < $2::timestamptz`,
      [cronName, before],
    );
  }
};
