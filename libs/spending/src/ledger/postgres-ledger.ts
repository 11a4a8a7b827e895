import { storableJson } from '@ratchet/persistence';
import type { Database } from '@ratchet/persistence';
import { decideReservation, monthOf, type ReservationDecision, type Spent } from '../budget/decide-reservation.js';
import type { Account, Ledger, Reservation, Settlement, Totals } from './ledger.js';

type Queries = Pick<Database, 'query'>;

const spentBy = async (db: Queries, { component, runId }: Account, month: string): Promise<Spent & { calls: number }> => {
  const [row] = await db.query<{ run: number; month: number; calls: number }>(
    `select coalesce(sum(cost_usd) filter (where run_id = $2), 0)::float8 as run, coalesce(sum(cost_usd) filter (where month = $3), 0)::float8 as month,
       (count(*) filter (where run_id = $2))::int as calls
     from spending where component = $1 and (run_id = $2 or month = $3)`,
    [component, runId, month],
  );
  return { runUsd: row?.run ?? 0, monthUsd: row?.month ?? 0, calls: row?.calls ?? 0 };
};

/** The ledger in the service's own schema ({@link SPENDING_TABLES}). Who reserves takes turns, so that two calls never both take the last of a budget. */
export class PostgresLedger implements Ledger {
  constructor(
    private readonly database: Pick<Database, 'query' | 'transaction'>,
    private readonly now: () => Date = () => new Date(),
  ) {}

  async reserve({ entryId, account, contentHash, kind, amountUsd, limits }: Reservation): Promise<ReservationDecision> {
    const { component, model, workload, runId } = account;
    const month = monthOf(this.now());
    return this.database.transaction(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtext('ratchet.spending'), hashtext($1))`, [component]);
      const decision = decideReservation({ limits, spent: await spentBy(tx, account, month), amountUsd });
      if (decision.granted) {
        await tx.query(
          `insert into spending (entry_id, component, model, workload, run_id, month, content_hash, kind, state, cost_usd, estimated) values ($1, $2, $3, $4, $5, $6, $7, $8, 'reserved', $9, true)`,
          [entryId, component, model, workload, runId, month, contentHash, kind, amountUsd],
        );
      }
      return decision;
    });
  }

  async settle({ entryId, usage, costUsd, estimated, result }: Settlement): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (result) {
        await tx.query('insert into teacher_results (content_hash, kind, value) values ($1, $2, $3::jsonb) on conflict (content_hash) do nothing', [result.contentHash, result.kind, storableJson(result.value)]);
      }
      await tx.query(`update spending set state = 'settled', cost_usd = $2, input_tokens = $3, output_tokens = $4, estimated = $5, settled_at = now() where entry_id = $1`, [
        entryId, costUsd, usage.inputTokens, usage.outputTokens, estimated,
      ]);
    });
  }

  async release(entryId: string): Promise<void> {
    await this.database.query(`delete from spending where entry_id = $1 and state = 'reserved'`, [entryId]);
  }

  async settleInterrupted({ component, model, workload }: Account): Promise<number> {
    const rows = await this.database.query(
      `update spending set state = 'interrupted', settled_at = now() where component = $1 and model = $2 and workload = $3 and state = 'reserved' returning entry_id`,
      [component, model, workload],
    );
    return rows.length;
  }

  totals(account: Account): Promise<Totals> {
    return spentBy(this.database, account, monthOf(this.now()));
  }

  async readResult(contentHash: string): Promise<unknown> {
    const [row] = await this.database.query<{ value: unknown }>('select value from teacher_results where content_hash = $1', [contentHash]);
    return row?.value;
  }
}
