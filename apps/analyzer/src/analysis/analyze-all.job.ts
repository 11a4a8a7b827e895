import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { listTargets } from '../persistence/target.repository.js';
import { ANALYZE_JOB, analyzeJobKey } from './analyze.job.js';
import type { Job } from '@ratchet/service';

export const ANALYZE_ALL_JOB = 'analyze-all';

/** The scheduled analysis: one job for every target that has ever failed. */
@Injectable()
export class AnalyzeAllJob implements Job {
  readonly jobName = ANALYZE_ALL_JOB;

  constructor(@Inject(Database) private readonly database: Database) {}

  async run(): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const target of await listTargets(tx)) await tx.enqueue(ANALYZE_JOB, target, { key: analyzeJobKey(target) });
    });
  }
}
