import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { datasetVersioned, examplesAdded } from '@ratchet/domain';
import type { DatasetVersioned, ExamplesAdded } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { FingerprintsRepository } from '../persistence/fingerprints.repository.js';
import { SuitesRepository } from '../persistence/suites.repository.js';

@Controller()
export class DatasetsHandlers {
  constructor(
    private readonly suites: SuitesRepository,
    private readonly fingerprints: FingerprintsRepository,
  ) {}

  @OnEvent(examplesAdded)
  async onExamples(event: EventEnvelope<ExamplesAdded>, tx: Transaction): Promise<void> {
    await this.suites.addExamples(tx, event.data);
    await this.fingerprints.add(tx, event.data.datasetId, event.data.examples);
  }

  @OnEvent(datasetVersioned)
  async onDataset(event: EventEnvelope<DatasetVersioned>, tx: Transaction): Promise<void> {
    await this.suites.closeDataset(tx, event.data);
  }
}
