import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import { z } from 'zod';
import { listTargets } from '../persistence/target.repository.js';
import { ANALYZE_JOB, analyzeJobKey } from './analyze.job.js';
import { ANALYZE_ALL_JOB, isMeant } from './schedule.js';
import type { Job } from '@ratchet/service';
import type { Config } from '../config.js';

/** `workload`: of its own schedule; none for the common one. The job runner adds what it knows of the schedule. */
const payloadSchema = z.object({ workload: z.string().optional() });

/** The scheduled analysis: one job for every target that has ever failed and that the schedule means. */
@Injectable()
export class AnalyzeAllJob implements Job {
  readonly jobName = ANALYZE_ALL_JOB;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(CONFIG) private readonly config: Pick<Config, 'ANALYSIS_CRON_WORKLOADS'>,
  ) {}

  async run(payload: unknown): Promise<void> {
    const { workload: scheduled } = payloadSchema.parse(payload);
    await this.database.transaction(async (tx) => {
      const targets = (await listTargets(tx)).filter(({ workload }) => isMeant(workload, { scheduled, schedules: this.config.ANALYSIS_CRON_WORKLOADS }));
      for (const target of targets) await tx.enqueue(ANALYZE_JOB, target, { key: analyzeJobKey(target) });
    });
  }
}
