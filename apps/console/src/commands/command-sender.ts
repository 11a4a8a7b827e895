import { Inject, Injectable } from '@nestjs/common';
import type { Caller, CommandOrder } from '@ratchet/console-api';
import { type Command, commandIssued, targetKey } from '@ratchet/domain';
import { newEventId } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';

/** Writes commands to the outbox in the name of the one who asks. */
@Injectable()
export class CommandSender {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Returns the command's id. */
  async send(order: CommandOrder, { name }: Caller): Promise<string> {
    const commandId = newEventId();
    const command = { ...order, commandId, actor: name, issuedAt: new Date().toISOString() } as Command;
    await this.database.transaction(async (tx) => tx.emit(commandIssued, command, { id: commandId, subject: targetKey(order) }));
    return commandId;
  }
}
