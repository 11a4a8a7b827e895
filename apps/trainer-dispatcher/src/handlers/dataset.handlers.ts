import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { datasetVersioned, examplesAdded, vitalsCounted } from '@ratchet/domain';
import type { DatasetVersioned, ExamplesAdded, VitalsCounted } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { storeJudgingDataset } from '../persistence/fix.repository.js';
import { addVitals, storeDataset, storeExamples } from '../persistence/trainer.repository.js';
import { CycleStarter } from '../training/cycle-starter.js';

/** What the triggers look at: examples, and failure rates by version. */
@Controller()
export class DatasetHandlers {
  constructor(@Inject(CycleStarter) private readonly starter: CycleStarter) {}

  @OnEvent(examplesAdded)
  async onExamples({ data }: EventEnvelope<ExamplesAdded>, tx: Transaction): Promise<void> {
    await storeExamples(tx, data);
  }

  /** Suites and the datasets of fixes are the evaluator's; their examples stay without a dataset row here and so are never trained on. */
  @OnEvent(datasetVersioned)
  async onDataset({ data }: EventEnvelope<DatasetVersioned>, tx: Transaction): Promise<void> {
    if (data.purpose === 'training' && data.trainCount === 0) await storeJudgingDataset(tx, data);
    else if (data.purpose === 'training') {
      await storeDataset(tx, data);
      await this.starter.lookSoon(tx, data);
    } else await tx.query(`delete from examples where dataset_id = $1`, [data.datasetId]);
  }

  @OnEvent(vitalsCounted)
  async onVitals({ data }: EventEnvelope<VitalsCounted>, tx: Transaction): Promise<void> {
    await addVitals(tx, data);
    if (data.outcomes > 0) await this.starter.lookSoon(tx, data);
  }
}
