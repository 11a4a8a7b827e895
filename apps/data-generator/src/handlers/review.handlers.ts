import { Controller, Inject } from '@nestjs/common';
import { commandIssued } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { CONFIG, OnEvent } from '@ratchet/service';
import { exampleIdOf } from '../generation/candidate.js';
import { GENERATE_JOB, generateJobKey } from '../generation/generate.job.js';
import { issuedAmong, lockItems, saveDecided, saveRefusal } from '../persistence/review.repository.js';
import { applyReviewCommand, type CommandOutcome, type ReviewCommand } from '../review/apply-command.js';
import { ReviewMetrics } from '../review/review-metrics.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { Command, ReviewItem, Target } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import type { Config } from '../config.js';

const isReviewCommand = (command: Command): command is ReviewCommand => command.name.startsWith('review.');

const approvedBy = (target: Target, { input }: ReviewItem, conclusion: CommandOutcome['conclusion']): { approved?: { exampleId: string; output: string } } =>
  conclusion?.state === 'approved' ? { approved: { exampleId: exampleIdOf(target, { input, output: conclusion.output }), output: conclusion.output } } : {};

/** What reviewers order. Commands come in the order of the log, so of two claims on an item the first wins. */
@Controller()
export class ReviewHandlers {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(ReviewMetrics) private readonly metrics: ReviewMetrics,
  ) {}

  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    if (!isReviewCommand(data)) return;
    const target = { model: data.model, workload: data.workload };
    const exampleIds = 'exampleIds' in data ? data.exampleIds : [data.exampleId];
    const items = await lockItems(tx, { ...target, exampleIds });
    const issued = data.name === 'review.reopen' ? await issuedAmong(tx, items.map(({ exampleId }) => exampleId)) : new Set<string>();
    const time = { now: new Date(), claimMinutes: this.config.REVIEW_CLAIM_MINUTES, undoSeconds: this.config.REVIEW_UNDO_SECONDS };
    const outcomes = items.map((item) => applyReviewCommand(item, data, { ...time, isIssued: issued.has(item.exampleId) }));
    for (const { item, conclusion, refusal } of outcomes) {
      if (refusal) await saveRefusal(tx, item);
      else await saveDecided(tx, { item, ...approvedBy(target, item, conclusion) });
    }
    // An approval that can still be taken back starts its run when it no longer can.
    if (outcomes.some(({ conclusion, item }) => conclusion && item.undoUntil === undefined)) await tx.enqueue(GENERATE_JOB, target, { key: generateJobKey(target) });
    this.report(data, { outcomes, unknown: new Set(exampleIds).size - items.length });
  }

  private report(command: ReviewCommand, { outcomes, unknown }: { outcomes: readonly CommandOutcome[]; unknown: number }): void {
    const { name, commandId, actor, model, workload } = command;
    const refused = outcomes.flatMap(({ refusal }) => refusal?.code ?? []);
    for (const code of refused) this.metrics.refusals.inc({ code });
    if (unknown > 0) this.metrics.refusals.inc({ code: 'unknown_item' }, unknown);
    const done = outcomes.length - refused.length;
    if (name !== 'review.claim' && name !== 'review.release') this.metrics.decisions.inc({ decision: name.slice('review.'.length) }, done);
    const facts = { command: name, commandId, actor, model, workload, done, decided: outcomes.filter(({ conclusion }) => conclusion).length };
    if (refused.length + unknown === 0) this.logger.info('a reviewer\'s command was carried out', facts);
    else this.logger.warn('a reviewer\'s command was refused for some items', { ...facts, refused: Object.fromEntries([...Map.groupBy(refused, (code) => code)].map(([code, { length }]) => [code, length])), unknown });
  }
}
