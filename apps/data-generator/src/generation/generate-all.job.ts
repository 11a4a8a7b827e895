import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { CONFIG, cronsOf, meantBy } from '@ratchet/service';
import { listTargets } from '../persistence/opportunity.repository.js';
import { PROPOSE_FIXES_JOB, proposeFixesJobKey } from '../fixes/propose-fixes.job.js';
import { GENERATE_JOB, generateJobKey } from './generate.job.js';
import type { Cron, Job } from '@ratchet/service';
import type { Config } from '../config.js';

const GENERATE_ALL_JOB = 'generate-all';

type Schedule = Pick<Config, 'GENERATE_CRON' | 'GENERATE_CRON_WORKLOADS'>;

export const generationCrons = ({ GENERATE_CRON: pattern, GENERATE_CRON_WORKLOADS: patterns }: Schedule): Cron[] => cronsOf({ cronName: 'scheduled-generation', jobName: GENERATE_ALL_JOB, pattern, patterns });

/** A scheduled run: late corrections and reviewers' decisions count even where no analysis asks for data. */
@Injectable()
export class GenerateAllJob implements Job {
  readonly jobName = GENERATE_ALL_JOB;

  constructor(
    @Inject(Database) private readonly database: Pick<Database, 'transaction'>,
    @Inject(CONFIG) private readonly config: Pick<Config, 'GENERATE_CRON_WORKLOADS'>,
  ) {}

  async run(payload: unknown): Promise<void> {
    const isMeant = meantBy(payload, this.config.GENERATE_CRON_WORKLOADS);
    await this.database.transaction(async (tx) => {
      for (const target of (await listTargets(tx)).filter(({ workload }) => isMeant(workload))) {
        await tx.enqueue(GENERATE_JOB, target, { key: generateJobKey(target) });
        await tx.enqueue(PROPOSE_FIXES_JOB, target, { key: proposeFixesJobKey(target) });
      }
    });
  }
}
