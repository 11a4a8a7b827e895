import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { listTargets } from '../persistence/opportunity.repository.js';
import { PROPOSE_FIXES_JOB, proposeFixesJobKey } from '../fixes/propose-fixes.job.js';
import { GENERATE_JOB, generateJobKey } from './generate.job.js';
import type { Job } from '@ratchet/service';

export const GENERATE_ALL_JOB = 'generate-all';

/** The scheduled run: late corrections and reviewers' decisions count even where no analysis asks for data. */
@Injectable()
export class GenerateAllJob implements Job {
  readonly jobName = GENERATE_ALL_JOB;

  constructor(@Inject(Database) private readonly database: Database) {}

  async run(): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const target of await listTargets(tx)) {
        await tx.enqueue(GENERATE_JOB, target, { key: generateJobKey(target) });
        await tx.enqueue(PROPOSE_FIXES_JOB, target, { key: proposeFixesJobKey(target) });
      }
    });
  }
}
