import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import { GENERATE_JOB, generateJobKey } from '../generation/generate.job.js';
import { takeSettledApprovals } from '../persistence/review.repository.js';

/** Starts a run for approvals that their reviewers no longer take back. */
@Injectable()
export class SettledApprovalsTick implements Tick {
  readonly tickName = 'settled-approvals';
  readonly everyMs = 2_000;

  constructor(@Inject(Database) private readonly database: Database) {}

  async tick(): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const { model, workload } of await takeSettledApprovals(tx, new Date())) await tx.enqueue(GENERATE_JOB, { model, workload }, { key: generateJobKey({ model, workload }) });
    });
  }
}
