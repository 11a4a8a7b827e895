import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { erasureCompleted, reviewChanged } from '@ratchet/domain';
import type { ErasureCompleted, ReviewChanged } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { dropExamples, forgetInteractions } from '../persistence/erasure.repository.js';

/** Examples that are no longer to be trained on. A version that was trained on one keeps what it learnt. */
@Controller()
export class ErasureHandlers {
  constructor(@Inject(Logger) private readonly logger: Logger) {}

  @OnEvent(erasureCompleted)
  async onErasure({ data }: EventEnvelope<ErasureCompleted>, tx: Transaction): Promise<void> {
    const dropped = await dropExamples(tx, data, data.exampleIds);
    await forgetInteractions(tx, data, data.interactionIds ?? []);
    this.logger.info('examples were dropped after an erasure', { erasureId: data.erasureId, model: data.model, workload: data.workload, dropped });
  }

  @OnEvent(reviewChanged)
  async onReview({ data: { item } }: EventEnvelope<ReviewChanged>, tx: Transaction): Promise<void> {
    if (item.state === 'withdrawn') await dropExamples(tx, item, [item.exampleId]);
  }
}
