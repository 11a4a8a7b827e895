import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { candidateJudged, candidateRegistered, datasetVersioned, examplesAdded, fixProposed, rolloutAdvanced, routingChanged, trainingFailed, trainingStarted, versionPromoted, versionPublished, versionRolledBack } from '@ratchet/domain';
import type { CandidateJudged, CandidateRegistered, DatasetVersioned, ExamplesAdded, FixProposed, TrainingStarted } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { noteChange } from '../live/change-feed.js';
import { storeChanges, storeCycleDatasets, storeLossCurve } from './cycles.repository.js';
import { storeDataset, storeExamples, storeFix } from './datasets.repository.js';

/** What lineage is drawn from, beside the facts of cycles. */
@Controller()
export class LineageHandlers {
  @OnEvent(examplesAdded)
  async onExamples({ data }: EventEnvelope<ExamplesAdded>, tx: Transaction): Promise<void> {
    await storeExamples(tx, data);
  }

  @OnEvent(datasetVersioned)
  async onDataset({ data }: EventEnvelope<DatasetVersioned>, tx: Transaction): Promise<void> {
    await storeDataset(tx, data);
    noteChange(tx, 'datasets');
  }

  @OnEvent(fixProposed)
  async onFix({ data }: EventEnvelope<FixProposed>, tx: Transaction): Promise<void> {
    await storeFix(tx, data);
    noteChange(tx, 'datasets');
  }

  @OnEvent(trainingStarted)
  async onStarted({ data }: EventEnvelope<TrainingStarted>, tx: Transaction): Promise<void> {
    await storeCycleDatasets(tx, data);
    noteChange(tx, 'cycles');
  }

  @OnEvent(candidateRegistered)
  async onRegistered({ data }: EventEnvelope<CandidateRegistered>, tx: Transaction): Promise<void> {
    await storeLossCurve(tx, data);
    noteChange(tx, 'cycles');
  }

  @OnEvent(candidateJudged)
  async onJudged({ data }: EventEnvelope<CandidateJudged>, tx: Transaction): Promise<void> {
    await storeChanges(tx, data);
    noteChange(tx, 'cycles');
    noteChange(tx, 'decisions');
  }

  @OnEvent(trainingFailed)
  async onFailed(_: EventEnvelope, tx: Transaction): Promise<void> {
    noteChange(tx, 'cycles');
  }

  @OnEvent(rolloutAdvanced)
  async onAdvanced(_: EventEnvelope, tx: Transaction): Promise<void> {
    noteChange(tx, 'cycles');
    noteChange(tx, 'decisions');
  }

  @OnEvent(versionPromoted)
  async onPromoted(_: EventEnvelope, tx: Transaction): Promise<void> {
    noteChange(tx, 'cycles');
    noteChange(tx, 'decisions');
  }

  @OnEvent(versionRolledBack)
  async onRolledBack(_: EventEnvelope, tx: Transaction): Promise<void> {
    noteChange(tx, 'cycles');
    noteChange(tx, 'decisions');
  }

  @OnEvent(versionPublished)
  async onPublished(_: EventEnvelope, tx: Transaction): Promise<void> {
    noteChange(tx, 'cycles');
  }

  @OnEvent(routingChanged)
  async onRouting(_: EventEnvelope, tx: Transaction): Promise<void> {
    noteChange(tx, 'cycles');
  }
}
