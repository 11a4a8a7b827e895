import { Controller, Inject } from '@nestjs/common';
import { commandIssued } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { OnEvent } from '@ratchet/service';
import { ANALYZE_JOB, analyzeJobKey } from '../analysis/analyze.job.js';
import { eraseUser } from '../persistence/erasure.repository.js';
import type { EventEnvelope } from '@ratchet/contracts';
import type { Command } from '@ratchet/domain';
import { forgetSentEvents } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';

@Controller()
export class ErasureHandlers {
  constructor(@Inject(Logger) private readonly logger: Logger) {}

  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    if (data.name !== 'user.erase') return;
    const removed = await eraseUser(tx, data);
    await forgetSentEvents(tx);
    const target = { model: data.model, workload: data.workload };
    // An analysis may be under way with what is gone, and others show what the last one chose.
    if (removed.failures > 0) await tx.enqueue(ANALYZE_JOB, target, { key: analyzeJobKey(target) });
    this.logger.info('a user was erased', { erasureId: data.commandId, ...target, ...removed });
  }
}
