import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { budgetChanged, type BudgetChanged, opportunityClosed, type OpportunityClosed, opportunityRanked, type OpportunityRanked } from '@ratchet/domain';
import { storable } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';

/** What reports count by day and month, for which only the present is kept elsewhere. */
@Controller()
export class ReportsHandlers {
  @OnEvent(budgetChanged)
  async onBudget({ data }: EventEnvelope<BudgetChanged>, tx: Transaction): Promise<void> {
    const { month, component, model, workload, monthly, changedAt } = data;
    await tx.query(
      `insert into report_spending as s values ($1, $2, $3, $4, $5, $6, $7) on conflict (month, component, model, workload) do update
       set spent_usd = excluded.spent_usd, limit_usd = excluded.limit_usd, changed_at = excluded.changed_at where s.changed_at <= excluded.changed_at`,
      [month, component, ...storable([model, workload]), monthly.spentUsd, monthly.limitUsd, changedAt],
    );
  }

  @OnEvent(opportunityRanked)
  async onOpportunity({ data }: EventEnvelope<OpportunityRanked>, tx: Transaction): Promise<void> {
    await tx.query(
      `insert into report_opportunities as o values ($1, $2, $3, $4, $5, $6) on conflict (opportunity_id) do update
       set root_cause = excluded.root_cause, size = excluded.size, closed_at = case when $7 then null else o.closed_at end, closed_as = case when $7 then null else o.closed_as end`,
      [...storable([data.opportunityId, data.model, data.workload]), data.rootCause, data.size, data.rankedAt, data.change?.kind === 'came_back'],
    );
  }

  @OnEvent(opportunityClosed)
  async onClosed({ data }: EventEnvelope<OpportunityClosed>, tx: Transaction): Promise<void> {
    await tx.query('update report_opportunities set closed_at = $2, closed_as = $3 where opportunity_id = $1', [storable(data.opportunityId), data.closedAt, data.reason]);
  }
}
