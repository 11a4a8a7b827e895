import { Inject, Injectable } from '@nestjs/common';
import type { Target } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database, type Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import { hashShare } from '../generation/split.js';
import { hasUnissuedApprovals, loadReviewMemory, rejectionNotes } from '../persistence/review-memory.repository.js';
import { countWaitingOf, saveWaiting } from '../persistence/review.repository.js';
import { rejectionFeedback } from './rejection-notes.js';
import { originOf } from './origin.js';
import { ReviewMetrics } from './review-metrics.js';
import { screenCandidates, type Screened } from './screen-candidates.js';
import { originsOf } from './track-record.js';
import type { Config } from '../config.js';
import type { Waiting } from '../generation/assemble-dataset.js';
import type { Candidate } from '../generation/candidate.js';

/** Most users, then the most certain: what a reviewer's minute is best spent on. */
const byWorth = (a: Waiting, b: Waiting): number =>
  (b.candidate.agreeingUsers ?? 0) - (a.candidate.agreeingUsers ?? 0) || b.candidate.confidence - a.candidate.confidence || (a.exampleId < b.exampleId ? -1 : 1);

/** Which of the new ones still find room; what waits already keeps its place. */
export const admit = (waiting: readonly Waiting[], { known, byOpportunity, perTargetMax, perOpportunityMax }: {
  readonly known: ReadonlySet<string>;
  readonly byOpportunity: ReadonlyMap<string, number>;
  readonly perTargetMax: number;
  readonly perOpportunityMax: number;
}): Waiting[] => {
  const counts = new Map(byOpportunity);
  let total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...waiting].sort(byWorth).filter(({ exampleId, candidate: { opportunityId } }) => {
    if (known.has(exampleId)) return true;
    const count = counts.get(opportunityId) ?? 0;
    if (total >= perTargetMax || count >= perOpportunityMax) return false;
    counts.set(opportunityId, count + 1);
    total += 1;
    return true;
  });
};

/** How many reviewers an item needs: two for a share of them, chosen by a hash of its id. */
export const reviewersNeededFor = (exampleId: string, secondReviewShare: number): number => (hashShare(`second review ${exampleId}`) < secondReviewShare ? 2 : 1);

/** Where a run meets the reviewers: what they said before it, and what it leaves for them. */
@Injectable()
export class ReviewDesk {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(ReviewMetrics) private readonly metrics: ReviewMetrics,
  ) {}

  /** Approvals reach the data also where nothing else is to be done. */
  async hasApprovals(target: Target): Promise<boolean> {
    return hasUnissuedApprovals(this.database, target);
  }

  async screen(target: Target, candidates: readonly Candidate[]): Promise<Screened> {
    const memory = await loadReviewMemory(this.database, target);
    const screened = screenCandidates({ target, candidates, memory, rules: this.config.REVIEW_RULES, nowMs: Date.now() });
    if (screened.droppedByRule > 0) this.metrics.screened.inc({}, screened.droppedByRule);
    return screened;
  }

  /** The opportunity with what reviewers refused for it, so that the teacher does not say it again. */
  async withRejections<Opportunity extends { readonly opportunityId: string; readonly rootCauseReason: string }>(opportunity: Opportunity): Promise<Opportunity> {
    const feedback = rejectionFeedback(await rejectionNotes(this.database, opportunity.opportunityId));
    return feedback === '' ? opportunity : { ...opportunity, rootCauseReason: `${opportunity.rootCauseReason}. ${feedback}` };
  }

  /** Leaves candidates to the reviewers, as far as the queue has room. */
  async queue(tx: Transaction, { model, workload, waiting }: Target & { waiting: readonly Waiting[] }): Promise<void> {
    if (waiting.length === 0) return;
    const { waitingPerTargetMax, waitingPerOpportunityMax, secondReviewShare } = this.config.REVIEW_RULES;
    const present = await countWaitingOf(tx, { model, workload, exampleIds: waiting.map(({ exampleId }) => exampleId) });
    const admitted = admit(waiting, { ...present, perTargetMax: waitingPerTargetMax, perOpportunityMax: waitingPerOpportunityMax });
    const left = waiting.length - admitted.length;
    if (left > 0) {
      this.metrics.left.inc({}, left);
      this.logger.info('the review queue is full: some candidates are left for a later run', { model, workload, left });
    }
    await saveWaiting(tx, {
      model,
      workload,
      items: admitted.map(({ exampleId, candidate }) => ({
        exampleId, opportunityId: candidate.opportunityId, input: candidate.input, output: candidate.output, source: candidate.source, confidence: candidate.confidence,
        interactionIds: candidate.interactionIds, reason: candidate.reason, reviewersNeeded: reviewersNeededFor(exampleId, secondReviewShare), origins: originsOf(candidate),
        origin: originOf({ model, workload }, candidate),
        ...(candidate.agreeingUsers !== undefined && { agreeingUsers: candidate.agreeingUsers }),
      })),
    });
  }
}
