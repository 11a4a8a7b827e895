import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { type Command, commandIssued } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { Operators } from '../shell/operators.js';

@Controller()
export class CommandsHandlers {
  constructor(@Inject(Operators) private readonly operators: Operators) {}

  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    await this.operators.obey(tx, data);
  }
}
