import { Database } from '@ratchet/persistence';
import { countNewFailures } from '../persistence/failure.repository.js';
import { ANALYZE_JOB, analyzeJobKey } from './analyze.job.js';
import type { Tick } from '@ratchet/service';

/** Looks often, and asks for an analysis where enough new failures have come in. */
export class AnalysisTick implements Tick {
  readonly tickName = 'analysis';
  readonly everyMs: number;
  private readonly database: Database;
  private readonly newFailuresMin: number;

  constructor({ database, everyMs, newFailuresMin }: { database: Database; everyMs: number; newFailuresMin: number }) {
    this.everyMs = everyMs;
    this.database = database;
    this.newFailuresMin = newFailuresMin;
  }

  async tick(): Promise<void> {
    const due = (await countNewFailures(this.database)).filter(({ newFailures }) => newFailures >= this.newFailuresMin);
    if (due.length === 0) return;
    await this.database.transaction(async (tx) => {
      for (const { model, workload } of due) await tx.enqueue(ANALYZE_JOB, { model, workload }, { key: analyzeJobKey({ model, workload }) });
    });
  }
}
