import type { Metrics } from '@ratchet/observability';
import type { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';

const LOOK_EVERY_MS = 30_000;

/** Shows how much of each monthly budget is used, as the services that spend have told. */
export class BudgetMetricsTick implements Tick {
  readonly tickName = 'budget-metrics';
  readonly everyMs = LOOK_EVERY_MS;
  private readonly used;

  constructor(private readonly database: Pick<Database, 'query'>, metrics: Metrics) {
    this.used = metrics.gauge({ name: 'ratchet_budget_used_ratio', toldBy: 'leader', help: "What a component has spent on a target this month (UTC), as a share of its limit; nothing where there is no limit", labelNames: ['component', 'model', 'workload'] });
  }

  async tick(): Promise<void> {
    const rows = await this.database.query<{ component: string; model: string; workload: string; ratio: number }>(
      `select component, model, workload, case when body->>'month' = to_char(now() at time zone 'utc', 'YYYY-MM') then (body->'monthly'->>'spentUsd')::float8 / (body->'monthly'->>'limitUsd')::float8 else 0 end as ratio
       from budgets where (body->'monthly'->>'limitUsd')::float8 > 0`,
    );
    this.used.reset();
    for (const { component, model, workload, ratio } of rows) this.used.set({ component, model, workload }, ratio);
  }
}
