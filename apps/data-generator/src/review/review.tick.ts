import { Inject, Injectable } from '@nestjs/common';
import { reviewerPairs, targetKey, type ReviewDecision, type Target } from '@ratchet/domain';
import { Database } from '@ratchet/persistence';
import { CONFIG, type Tick } from '@ratchet/service';
import { cohenKappa } from '@ratchet/stats';
import { GENERATE_JOB, generateJobKey } from '../generation/generate.job.js';
import { releaseExpired, takeSettled } from '../persistence/review.repository.js';
import { ReviewMetrics } from './review-metrics.js';
import type { Config } from '../config.js';

/** What passes with time alone: claims run out, candidates settle; and how far reviewers agree. */
@Injectable()
export class ReviewTick implements Tick {
  readonly tickName = 'review';
  readonly everyMs = 30_000;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(ReviewMetrics) private readonly metrics: ReviewMetrics,
  ) {}

  async tick(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await releaseExpired(tx, new Date());
      for (const { model, workload } of await takeSettled(tx, this.config.REVIEW_RULES.settleMs)) await tx.enqueue(GENERATE_JOB, { model, workload }, { key: generateJobKey({ model, workload }), keyMode: 'preserve_run_at' });
    });
    await this.measureAgreement();
  }

  private async measureAgreement(): Promise<void> {
    const rows = await this.database.query<Target & { decisions: ReviewDecision[] } & Record<string, unknown>>(
      `select model, workload, decisions from review_items where reviewers_needed > 1 and jsonb_array_length(decisions) > 1 order by updated_at desc limit 20000`,
    );
    for (const items of Map.groupBy(rows, targetKey).values()) {
      const { model = '', workload = '' } = items[0] ?? {};
      const pairs = reviewerPairs(items.map(({ decisions }) => ({ decisions, reviewersNeeded: 2 })));
      this.metrics.agreementItems.set({ model, workload }, items.length);
      this.metrics.agreement.set({ model, workload, value: 'observed' }, (pairs.bothYes + pairs.bothNo) / items.length);
      const agreement = cohenKappa(pairs);
      if (!agreement) continue;
      for (const value of ['kappa', 'lower', 'upper'] as const) this.metrics.agreement.set({ model, workload, value }, agreement[value]);
    }
  }
}
