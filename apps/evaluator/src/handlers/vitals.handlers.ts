import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { vitalsCounted } from '@ratchet/domain';
import type { VitalsCounted } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { SamplingRepository } from '../persistence/sampling.repository.js';

/** How much traffic there is, exactly: rates of sampling follow from it. */
@Controller()
export class VitalsHandlers {
  constructor(private readonly sampling: SamplingRepository) {}

  @OnEvent(vitalsCounted)
  async onCounted({ data }: EventEnvelope<VitalsCounted>, tx: Transaction): Promise<void> {
    await this.sampling.count(tx, data);
  }
}
