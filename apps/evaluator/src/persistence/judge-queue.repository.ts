import { Injectable } from '@nestjs/common';
import type { Queryable } from './queryable.js';

export interface JudgeSpend {
  readonly calls: number;
  readonly isUnparsable: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

export interface QueuedTask {
  readonly interactionId: string;
  readonly task: string;
}

/** What waits for the judges, with its text until then, and what they have cost. */
@Injectable()
export class JudgeQueueRepository {
  async add(tx: Queryable, interactionId: string, task: string): Promise<void> {
    await tx.query('insert into judge_queue (interaction_id, task) values ($1, $2) on conflict do nothing', [interactionId, task]);
  }

  /** The newest first: where not all can be judged in time, what happens now matters. */
  async next(db: Queryable, limit: number): Promise<QueuedTask[]> {
    return db.query<QueuedTask & Record<string, unknown>>('select interaction_id as "interactionId", task from judge_queue order by enqueued_at desc, interaction_id limit $1', [limit]);
  }

  /** True where the task is still as it was taken: only then is what came of it new. With `left`, that is what remains to be judged. */
  async settle(tx: Queryable, { interactionId, task, left }: { interactionId: string; task: string; left?: string | undefined }): Promise<boolean> {
    const rows =
      left === undefined
        ? await tx.query('delete from judge_queue where interaction_id = $1 and task = $2 returning interaction_id', [interactionId, task])
        : await tx.query('update judge_queue set task = $3 where interaction_id = $1 and task = $2 returning interaction_id', [interactionId, task, left]);
    return rows.length > 0;
  }

  async size(db: Queryable): Promise<number> {
    const [row] = await db.query<{ n: number }>('select count(*)::int as n from judge_queue');
    return row?.n ?? 0;
  }

  async prune(db: Queryable, olderThanHours: number): Promise<number> {
    const rows = await db.query('delete from judge_queue where enqueued_at < now() - make_interval(hours => $1::int) returning interaction_id', [olderThanHours]);
    await db.query(`delete from judge_spend where hour < now() - interval '400 days'`);
    return rows.length;
  }

  async spend(tx: Queryable, judge: string, { calls, isUnparsable, inputTokens, outputTokens, costUsd }: JudgeSpend): Promise<void> {
    await tx.query(
      `insert into judge_spend (hour, judge, calls, unparsable, input_tokens, output_tokens, cost_usd) values (date_trunc('hour', now()), $1, $2, $3, $4, $5, $6)
       on conflict (hour, judge) do update set calls = judge_spend.calls + excluded.calls, unparsable = judge_spend.unparsable + excluded.unparsable,
         input_tokens = judge_spend.input_tokens + excluded.input_tokens, output_tokens = judge_spend.output_tokens + excluded.output_tokens, cost_usd = judge_spend.cost_usd + excluded.cost_usd`,
      [judge, calls, isUnparsable ? 1 : 0, inputTokens, outputTokens, costUsd],
    );
  }

  /** US dollars since the clock hour, and since the day in UTC, began: of all judges. */
  async spent(db: Queryable): Promise<{ hour: number; day: number }> {
    const [row] = await db.query<{ hour: number; day: number }>(
      `select coalesce(sum(cost_usd) filter (where hour = date_trunc('hour', now())), 0) as hour, coalesce(sum(cost_usd), 0) as day
         from judge_spend where hour >= date_trunc('day', now() at time zone 'utc') at time zone 'utc'`,
    );
    return row ?? { hour: 0, day: 0 };
  }

  async spendByDay(db: Queryable): Promise<readonly object[]> {
    return db.query(
      `select (hour at time zone 'utc')::date::text as day, judge, sum(calls)::int as calls, sum(unparsable)::int as unparsable, sum(input_tokens)::float8 as "inputTokens",
              sum(output_tokens)::float8 as "outputTokens", sum(cost_usd) as "costUsd"
         from judge_spend where hour > now() - interval '7 days' group by 1, 2 order by 1 desc, 2`,
    );
  }
}
