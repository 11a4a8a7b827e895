import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { budgetChanged, type BudgetChanged } from '@ratchet/domain';
import { storableJson } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { noteChange } from '../live/change-feed.js';

@Controller()
export class BudgetsHandlers {
  @OnEvent(budgetChanged)
  async onBudget({ data }: EventEnvelope<BudgetChanged>, tx: Transaction): Promise<void> {
    await tx.query(
      `insert into budgets as b (component, model, workload, body, changed_at) values ($1, $2, $3, $4::jsonb, $5)
       on conflict (component, model, workload) do update set body = excluded.body, changed_at = excluded.changed_at where b.changed_at <= excluded.changed_at`,
      [data.component, data.model, data.workload, storableJson(data), data.changedAt],
    );
    noteChange(tx, 'budgets');
  }
}
