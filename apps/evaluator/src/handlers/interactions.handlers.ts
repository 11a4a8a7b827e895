import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { feedbackGiven, interactionCompleted } from '@ratchet/domain';
import type { Feedback, Interaction } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { ErasureRepository } from '../persistence/erasure.repository.js';
import { LabelsRepository } from '../persistence/labels.repository.js';
import { labelsOf } from '../quality/agreement/labels-of-feedback.js';
import { QualityMonitor } from '../quality/quality-monitor.js';

/** Only the sample comes here: `accepts` in main.ts leaves the rest out. */
@Controller()
export class InteractionsHandlers {
  constructor(
    private readonly monitor: QualityMonitor,
    private readonly labels: LabelsRepository,
    private readonly erasures: ErasureRepository,
  ) {}

  @OnEvent(interactionCompleted)
  async onCompleted(event: EventEnvelope<Interaction>, tx: Transaction): Promise<void> {
    if (await this.erasures.comesAfterErasure(tx, event.data, event.data.startedAt)) return;
    await this.monitor.evaluate(event, tx);
  }

  /** Feedback may come before the score that it is compared with. */
  @OnEvent(feedbackGiven)
  async onFeedback({ data }: EventEnvelope<Feedback>, tx: Transaction): Promise<void> {
    const labels = labelsOf(data);
    if (labels.length > 0) await this.labels.add(tx, data, labels);
  }
}
