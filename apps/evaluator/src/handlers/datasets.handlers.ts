import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { datasetVersioned, examplesAdded } from '@ratchet/domain';
import type { DatasetVersioned, ExamplesAdded } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { SuitesRepository } from '../persistence/suites.repository.js';

@Controller()
export class DatasetsHandlers {
  constructor(private readonly suites: SuitesRepository) {}

  @OnEvent(examplesAdded)
  async onExamples(event: EventEnvelope<ExamplesAdded>, tx: Transaction): Promise<void> {
    await this.suites.addExamples(tx, event.data);
  }

  @OnEvent(datasetVersioned)
  async onDataset(event: EventEnvelope<DatasetVersioned>, tx: Transaction): Promise<void> {
    await this.suites.closeDataset(tx, event.data);
  }
}
