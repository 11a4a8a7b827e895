import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued, erasureCompleted, reviewChanged } from '@ratchet/domain';
import type { Command, ErasureCompleted, ReviewChanged } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { forgetSentEvents } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { ErasureRepository } from '../persistence/erasure.repository.js';

@Controller()
export class ErasureHandlers {
  constructor(
    private readonly erasures: ErasureRepository,
    private readonly logger: Logger,
  ) {}

  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    if (data.name !== 'user.erase') return;
    await this.erasures.eraseUser(tx, data);
    await forgetSentEvents(tx);
  }

  @OnEvent(erasureCompleted)
  async onErasure({ data }: EventEnvelope<ErasureCompleted>, tx: Transaction): Promise<void> {
    const dropped = await this.erasures.dropExamples(tx, data);
    await forgetSentEvents(tx);
    this.logger.info('test items were dropped after an erasure', { erasureId: data.erasureId, model: data.model, workload: data.workload, dropped });
  }

  @OnEvent(reviewChanged)
  async onReview({ data: { item } }: EventEnvelope<ReviewChanged>, tx: Transaction): Promise<void> {
    if (item.state === 'withdrawn') await this.erasures.dropExamples(tx, { model: item.model, workload: item.workload, exampleIds: [item.exampleId] });
  }
}
