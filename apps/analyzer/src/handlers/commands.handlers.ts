import { Controller, Inject } from '@nestjs/common';
import { commandIssued, opportunityClosed, versionIdOf } from '@ratchet/domain';
import { derivedId, Logger } from '@ratchet/observability';
import { OnEvent } from '@ratchet/service';
import { ANALYZE_JOB, analyzeJobKey } from '../analysis/analyze.job.js';
import { dismissOpportunity, storePersonsWord } from '../persistence/people.repository.js';
import { recordReviewWork } from '../persistence/priority.repository.js';
import { ensureTarget, readTarget, setChampion } from '../persistence/target.repository.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { Command } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';

type Ordered<Name extends Command['name']> = Extract<Command, { readonly name: Name }>;

@Controller()
export class CommandsHandlers {
  constructor(@Inject(Logger) private readonly logger: Logger) {}

  @OnEvent(commandIssued)
  async onCommand({ id, data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    const target = { model: data.model, workload: data.workload };
    if (data.name === 'analysis.run') {
      await ensureTarget(tx, target);
      await tx.enqueue(ANALYZE_JOB, target, { key: analyzeJobKey(target) });
      this.logger.info('analysis asked for', { ...target, commandId: data.commandId, actor: data.actor });
    }
    const { commandId, issuedAt } = data;
    if (data.name === 'review.approve' || data.name === 'review.reject') await recordReviewWork(tx, { ...target, commandId, items: data.exampleIds.length, orderedAt: issuedAt });
    if (data.name === 'review.edit') await recordReviewWork(tx, { ...target, commandId, items: 1, orderedAt: issuedAt });
    if (data.name === 'opportunity.diagnose') await this.diagnose(data, tx);
    if (data.name === 'opportunity.dismiss') await this.dismiss(data, { causationId: id, tx });
    if (data.name === 'target.adopt' && (await readTarget(tx, target)).champion === undefined) {
      await setChampion(tx, { ...target, version: versionIdOf({ ordinal: 1, bundle: data.bundle }) });
    }
  }

  /** A person's word stands in every later analysis, and one is asked for at once, since another fix type changes more than the score. */
  private async diagnose(command: Ordered<'opportunity.diagnose'>, tx: Transaction): Promise<void> {
    const { model, workload, opportunityId, rootCause, actor, reason, issuedAt } = command;
    const target = { model, workload };
    const stored = await storePersonsWord(tx, { ...target, opportunityId, rootCause, actor, reason, orderedAt: issuedAt });
    if (stored) await tx.enqueue(ANALYZE_JOB, target, { key: analyzeJobKey(target) });
    const facts = { ...target, opportunityId, rootCause, actor, commandId: command.commandId };
    if (stored) this.logger.info('a person named the root cause of an opportunity', facts);
    else this.logger.warn('no such opportunity on this target, or a later word stands: its root cause stays', facts);
  }

  private async dismiss(command: Ordered<'opportunity.dismiss'>, { causationId, tx }: { causationId: string; tx: Transaction }): Promise<void> {
    const { model, workload, opportunityId, actor, commandId, issuedAt } = command;
    const facts = { model, workload, opportunityId, actor, commandId };
    if (!(await dismissOpportunity(tx, { model, workload, opportunityId, actor }))) {
      this.logger.warn('no such open opportunity on this target: nothing was dismissed', facts);
      return;
    }
    tx.emit(opportunityClosed, { opportunityId, model, workload, reason: 'dismissed', closedAt: issuedAt }, { id: derivedId('dismissed', commandId, opportunityId), causationId });
    this.logger.info('a person dismissed an opportunity', facts);
  }
}
