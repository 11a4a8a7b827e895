import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued } from '@ratchet/domain';
import type { Command } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { holdTarget } from '../persistence/trigger.repository.js';

/** A held target begins no cycle by itself; one that is open goes on, and a person's command still begins one. */
@Controller()
export class HoldHandlers {
  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    if (data.name === 'automation.hold' || data.name === 'automation.release') await holdTarget(tx, data, data.name === 'automation.hold');
  }
}
