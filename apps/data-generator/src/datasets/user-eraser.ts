import { Inject, Injectable } from '@nestjs/common';
import { erasureCompleted, normalizeAnswer, userHashOf, type Command } from '@ratchet/domain';
import { derivedId, Logger } from '@ratchet/observability';
import { CONFIG } from '@ratchet/service';
import { lockDatasets } from '../persistence/dataset.repository.js';
import { interactionsOf, recordErasure, removeUser, restingOn, versionsTrainedOn, voicesWith, type RestingRow, type Voices } from '../persistence/erasure.repository.js';
import { publishErased, withdrawItems } from '../persistence/review-erasure.repository.js';
import { answerHashOf, fateOf } from './example-sources.js';
import { forgetSentEvents } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import type { Config } from '../config.js';

export type EraseCommand = Extract<Command, { name: 'user.erase' }>;

/** Ids that one event carries. */
const IDS_PER_EVENT = 10_000;

const chunks = <Item>(items: readonly Item[]): Item[][] => Array.from({ length: Math.ceil(items.length / IDS_PER_EVENT) }, (_, i) => items.slice(i * IDS_PER_EVENT, (i + 1) * IDS_PER_EVENT));

/** Removes what a user said from all that is kept to learn from, and tells what had it. */
@Injectable()
export class UserEraser {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  async erase(tx: Transaction, { commandId, model, workload, userId, issuedAt }: EraseCommand, causationId: string): Promise<void> {
    const target = { model, workload };
    const userHash = userHashOf(userId);
    await lockDatasets(tx, target);
    if (!(await recordErasure(tx, { erasureId: commandId, ...target, userHash, erasedAt: issuedAt }))) return;
    const interactionIds = await interactionsOf(tx, { ...target, userId, userHash });
    const voices = await voicesWith(tx, { ...target, userHash });
    const resting = await restingOn(tx, { ...target, interactionIds, answerHashes: [...voices.keys()] });
    const gone = this.sort(resting, { userHash, voices });
    const exampleIds = [...gone.erase, ...gone.withdraw].map(({ exampleId }) => exampleId);
    const datasetIds = [...new Set([...gone.erase, ...gone.withdraw].flatMap(({ datasetId }) => datasetId ?? []))].sort();
    const versions = await versionsTrainedOn(tx, datasetIds);
    const items = await withdrawItems(tx, { ...target, userHash, interactionIds, gone: exampleIds });
    const removed = { ...(await removeUser(tx, { ...target, userId, userHash, interactionIds, gone: exampleIds })), review_items: items.length };
    await forgetSentEvents(tx);
    publishErased(tx, items);
    const [firstIds = [], ...moreIds] = chunks(exampleIds);
    const [firstInteractions = [], ...moreInteractions] = chunks(interactionIds);
    const parts = [{ exampleIds: firstIds, interactionIds: firstInteractions }, ...moreIds.map((ids) => ({ exampleIds: ids, interactionIds: [] })), ...moreInteractions.map((ids) => ({ exampleIds: [], interactionIds: ids }))];
    for (const [part, ids] of parts.entries()) {
      tx.emit(
        erasureCompleted,
        { erasureId: commandId, ...target, service: 'data-generator', userHash, removed, ...ids, datasetIds, versions, completedAt: new Date().toISOString() },
        { id: derivedId('erasure', commandId, part), causationId },
      );
    }
    this.logger.info('a user was erased', { erasureId: commandId, ...target, removed, examplesErased: gone.erase.length, examplesWithdrawn: gone.withdraw.length, datasets: datasetIds.length, versions });
  }

  private sort(resting: readonly RestingRow[], { userHash, voices }: { userHash: string; voices: ReadonlyMap<string, Voices> }): Record<'erase' | 'withdraw' | 'keep', RestingRow[]> {
    const agreeingUsersMin = this.config.REVIEW_MODE === 'agreement' ? this.config.REVIEW_AGREEING_USERS : 1;
    const sorted: Record<'erase' | 'withdraw' | 'keep', RestingRow[]> = { erase: [], withdraw: [], keep: [] };
    for (const row of resting) {
      const { before, after } = voices.get(answerHashOf(normalizeAnswer(row.answerKey))) ?? { before: 0, after: 0 };
      sorted[fateOf({ source: row.source, sources: row.sources, voicesBefore: before, voicesAfter: after }, { userHash, agreeingUsersMin })].push(row);
    }
    return sorted;
  }
}
