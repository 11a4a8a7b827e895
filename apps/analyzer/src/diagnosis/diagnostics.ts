import { loadPersonsWords } from '../persistence/people.repository.js';
import type { Target } from '@ratchet/domain';
import type { Database } from '@ratchet/persistence';
import type { Cluster } from '../analysis/clustering.port.js';
import type { Failure } from '../analysis/failure.js';
import type { Opinion } from './diagnosis.js';
import type { JudgePanel } from './judge/judge-panel.js';

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
    const byCluster = (await this.panel?.judge(clusters, byId)) ?? new Map();
    return { byCluster, byOpportunity: await loadPersonsWords(this.database, target), confidenceMin: this.confidenceMin };
  }
}
