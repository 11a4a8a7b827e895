import type { Target } from '@ratchet/domain';
import type { JudgeSpendings } from '../diagnosis/judge/judge-panel.js';
import type { Queryable } from './queryable.js';

/** What the judge has cost, by UTC month and target. */
export class JudgeSpendingRepository implements JudgeSpendings {
  constructor(private readonly db: Queryable) {}

  async monthUsd(month: string): Promise<number> {
    const [row] = await this.db.query<{ usd: number }>('select coalesce(sum(cost_usd), 0)::float8 as usd from judge_spending where month = $1', [month]);
    return row?.usd ?? 0;
  }

  async add({ model, workload }: Target, { month, costUsd }: { month: string; costUsd: number }): Promise<void> {
    await this.db.query(
      `insert into judge_spending as s (month, model, workload, cost_usd, calls) values ($1, $2, $3, $4, 1)
       on conflict (month, model, workload) do update set cost_usd = s.cost_usd + excluded.cost_usd, calls = s.calls + 1`,
      [month, model, workload, costUsd],
    );
  }
}
