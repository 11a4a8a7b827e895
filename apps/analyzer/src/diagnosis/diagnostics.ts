import { budgetChanged } from '@ratchet/domain';
import { loadPersonsWords } from '../persistence/people.repository.js';
import type { Target } from '@ratchet/domain';
import type { Database } from '@ratchet/persistence';
import type { Cluster } from '../analysis/clustering.port.js';
import type { Failure } from '../analysis/failure.js';
import type { Opinion } from './diagnosis.js';
import type { Judged, JudgePanel } from './judge/judge-panel.js';

/** Gathers what others than the rules say of root causes, before an analysis ranks. */
export class Diagnostics {
  private readonly database: Database;
  private readonly panel: JudgePanel | undefined;
  private readonly confidenceMin: number;

  constructor({ database, panel, confidenceMin }: { database: Database; panel: JudgePanel | undefined; confidenceMin: number }) {
    this.database = database;
    this.panel = panel;
    this.confidenceMin = confidenceMin;
  }

  async opinionOn(target: Target, { clusters, failures }: { readonly clusters: readonly Cluster[]; readonly failures: readonly Failure[] }): Promise<Opinion> {
    const byId = new Map(failures.map((failure) => [failure.interactionId, failure]));
    const judged = await this.panel?.judge(target, { clusters, byId });
    if (this.panel && judged) await this.tellSpending(target, judged.spending, this.panel.limits);
    return { byCluster: judged?.opinions ?? new Map(), byOpportunity: await loadPersonsWords(this.database, target), confidenceMin: this.confidenceMin };
  }

  /** People see what the judge costs, and why rules decide alone. */
  private async tellSpending({ model, workload }: Target, { month, runUsd, monthUsd, calls, waitingFor }: Judged['spending'], limits: JudgePanel['limits']): Promise<void> {
    await this.database.transaction(async (tx) => {
      tx.emit(budgetChanged, {
        component: 'failure_analysis', model, workload, month, run: { spentUsd: runUsd, limitUsd: limits.runUsd }, monthly: { spentUsd: monthUsd, limitUsd: limits.monthUsd }, calls,
        ...(waitingFor && { waitingFor }), changedAt: new Date().toISOString(),
      });
    });
  }
}
