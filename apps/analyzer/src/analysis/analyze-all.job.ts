import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { CONFIG, cronsOf, meantBy } from '@ratchet/service';
import { listTargets } from '../persistence/target.repository.js';
import { ANALYZE_JOB, analyzeJobKey } from './analyze.job.js';
import type { Cron, Job } from '@ratchet/service';
import type { Config } from '../config.js';

const ANALYZE_ALL_JOB = 'analyze-all';

type Schedule = Pick<Config, 'ANALYSIS_CRON' | 'ANALYSIS_CRON_WORKLOADS'>;

export const analysisCrons = ({ ANALYSIS_CRON: pattern, ANALYSIS_CRON_WORKLOADS: patterns }: Schedule): Cron[] => cronsOf({ cronName: 'scheduled-analysis', jobName: ANALYZE_ALL_JOB, pattern, patterns });

/** The scheduled analysis: one job for every target that has ever failed and that the schedule means. */
@Injectable()
export class AnalyzeAllJob implements Job {
  readonly jobName = ANALYZE_ALL_JOB;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(CONFIG) private readonly config: Pick<Config, 'ANALYSIS_CRON_WORKLOADS'>,
  ) {}

  async run(payload: unknown): Promise<void> {
    const isMeant = meantBy(payload, this.config.ANALYSIS_CRON_WORKLOADS);
    await this.database.transaction(async (tx) => {
      for (const target of await listTargets(tx)) if (isMeant(target.workload)) await tx.enqueue(ANALYZE_JOB, target, { key: analyzeJobKey(target) });
    });
  }
}
