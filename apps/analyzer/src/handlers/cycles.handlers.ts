import { Controller } from '@nestjs/common';
import { candidateRegistered, datasetVersioned, fixProposed, rolloutAdvanced, trainingFailed, trainingStarted } from '@ratchet/domain';
import { OnEvent } from '@ratchet/service';
import { decideCycle, storeCycle, storeDatasetWork, storeFixWork } from '../persistence/outcome.repository.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { CandidateRegistered, DatasetVersioned, FixProposed, RolloutAdvanced, TrainingFailed, TrainingStarted } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';

/** Which strategy made what, and which cycle was made of it: what an outcome is attributed by. */
@Controller()
export class CyclesHandlers {
  @OnEvent(datasetVersioned)
  async onDataset({ data }: EventEnvelope<DatasetVersioned>, tx: Transaction): Promise<void> {
    // Without a row to train on it only judges a fix, which tells of itself.
    if (data.purpose === 'training' && data.trainCount > 0) await storeDatasetWork(tx, data);
  }

  @OnEvent(fixProposed)
  async onFix({ data }: EventEnvelope<FixProposed>, tx: Transaction): Promise<void> {
    await storeFixWork(tx, data);
  }

  @OnEvent(trainingStarted)
  async onStarted({ data }: EventEnvelope<TrainingStarted>, tx: Transaction): Promise<void> {
    await storeCycle(tx, data);
  }

  @OnEvent(candidateRegistered)
  async onRegistered({ data }: EventEnvelope<CandidateRegistered>, tx: Transaction): Promise<void> {
    await storeCycle(tx, data);
  }

  @OnEvent(trainingFailed)
  async onTrainingFailed({ data }: EventEnvelope<TrainingFailed>, tx: Transaction): Promise<void> {
    await decideCycle(tx, { ...data, outcome: 'training_failed', decidedAt: data.failedAt });
  }

  /** A candidate that never came to an end in traffic: its champion had gone, or a person turned it down before. That nobody decided in time says nothing of its strategies. */
  @OnEvent(rolloutAdvanced)
  async onAdvanced({ data }: EventEnvelope<RolloutAdvanced>, tx: Transaction): Promise<void> {
    if (data.to === 'SUPERSEDED') await decideCycle(tx, { ...data, outcome: 'superseded', decidedAt: data.advancedAt });
    if (data.to === 'CANCELLED') await decideCycle(tx, { ...data, outcome: data.actor.startsWith('human:') ? 'rejected' : 'insufficient', decidedAt: data.advancedAt });
  }
}
