import { listTargetsWithNews } from '../persistence/failure.repository.js';
import { ANALYZE_JOB, analyzeIfNewJobKey } from './analyze.job.js';
import type { Database } from '@ratchet/persistence';
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
    const due = await listTargetsWithNews(this.database, this.newFailuresMin);
    if (due.length === 0) return;
    await this.database.transaction(async (tx) => {
      for (const target of due) await tx.enqueue(ANALYZE_JOB, { ...target, newFailuresMin: this.newFailuresMin }, { key: analyzeIfNewJobKey(target) });
    });
  }
}
