import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { type Command, commandIssued } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { eraseUserUnits } from '../persistence/user-units.repository.js';

@Controller()
export class ErasureHandlers {
  constructor(@Inject(Logger) private readonly logger: Logger) {}

  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    if (data.name !== 'user.erase') return;
    const userUnits = await eraseUserUnits(tx, data.userId);
    this.logger.info('a user was erased', { erasureId: data.commandId, model: data.model, workload: data.workload, userUnits });
  }
}
