import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { interactionCompleted } from '@ratchet/domain';
import type { Interaction } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG, OnEvent } from '@ratchet/service';
import type { Config } from '../config.js';
import { QualityMonitor } from '../quality/quality-monitor.js';
import { isSampled } from '../quality/sampling.js';

@Controller()
export class InteractionsHandlers {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly monitor: QualityMonitor,
  ) {}

  @OnEvent(interactionCompleted)
  async onCompleted(event: EventEnvelope<Interaction>, tx: Transaction): Promise<void> {
    if (!isSampled({ interactionId: event.data.interactionId, rate: this.config.SAMPLE_RATE })) return;
    await this.monitor.evaluate(event, tx);
  }
}
