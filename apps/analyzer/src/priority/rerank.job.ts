import { Inject, Injectable } from '@nestjs/common';
import { opportunityRanked, targetKey, targetSchema } from '@ratchet/domain';
import { derivedId, Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { CONFIG, type Job, type Tick } from '@ratchet/service';
import { rememberRanked } from '../persistence/people.repository.js';
import { listTargetsToRerank, loadEfforts, loadMembers, loadRanked, readCoverage, takeForReranking } from '../persistence/priority.repository.js';
import { loadFixOutcomes } from '../persistence/outcome.repository.js';
import { rerank } from './rerank.js';
import type { Target } from '@ratchet/domain';
import type { Config } from '../config.js';

export const RERANK_JOB = 'rerank';
const rerankJobKey = (target: Target): string => `${RERANK_JOB}:${targetKey(target)}`;

/** Looks whether anything came in that changes priorities between two analyses. */
export class RerankTick implements Tick {
  readonly tickName = 'rerank';
  readonly everyMs: number;
  private readonly database: Database;

  constructor({ database, everyMs }: { database: Database; everyMs: number }) {
    this.database = database;
    this.everyMs = everyMs;
  }

  async tick(): Promise<void> {
    const due = await listTargetsToRerank(this.database);
    if (due.length === 0) return;
    await this.database.transaction(async (tx) => {
      for (const { model, workload } of due) await tx.enqueue(RERANK_JOB, { model, workload }, { key: rerankJobKey({ model, workload }) });
    });
  }
}

/** Priorities of a target's open opportunities from late evidence and outcomes, without an analysis. */
@Injectable()
export class RerankJob implements Job {
  readonly jobName = RERANK_JOB;
  private readonly published;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.published = metrics.counter({ name: 'ratchet_analyzer_opportunities_reranked_total', help: 'Opportunities published again between analyses, since their rank or score changed' });
  }

  async run(payload: unknown): Promise<void> {
    const target = targetSchema.parse(payload);
    const changed = await this.database.transaction(async (tx) => {
      await takeForReranking(tx, target);
      const ranked = await loadRanked(tx, target);
      if (ranked.length === 0) return 0;
      const members = await loadMembers(tx, ranked.map(({ opportunityId }) => opportunityId));
      const read = Math.max(...ranked.map(({ failuresAnalyzed }) => failuresAnalyzed));
      const coverage = await readCoverage(tx, { ...target, read, failuresMax: this.config.MAX_FAILURES, windowDays: this.config.FAILURE_WINDOW_DAYS });
      const again = rerank({ ranked, members, outcomes: await loadFixOutcomes(tx), efforts: await loadEfforts(tx), coverage, rankedAt: new Date().toISOString() });
      for (const data of again) {
        await rememberRanked(tx, data);
        tx.emit(opportunityRanked, data, { id: derivedId('reranked', data.analysisId, data.opportunityId, data.rankedAt) });
      }
      return again.length;
    });
    if (changed > 0) this.published.inc(changed);
    this.logger.info('priorities looked at again', { ...target, changed });
  }
}
