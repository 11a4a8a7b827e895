import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { interactionCompleted } from '@ratchet/domain';
import type { Interaction } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { QualityMonitor } from '../quality/quality-monitor.js';

/** Only the sample comes here: `accepts` in main.ts leaves the rest out. */
@Controller()
export class InteractionsHandlers {
  constructor(private readonly monitor: QualityMonitor) {}

  @OnEvent(interactionCompleted)
  async onCompleted(event: EventEnvelope<Interaction>, tx: Transaction): Promise<void> {
    await this.monitor.evaluate(event, tx);
  }
}
