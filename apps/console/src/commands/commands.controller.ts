import { Body, Controller, ForbiddenException, Inject, Post } from '@nestjs/common';
import { type Caller as CallerFacts, commandAcceptedSchema, type CommandOrder, commandOrderSchema, mayAct, roleForCommand } from '@ratchet/console-api';
import { Access, Caller } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { CommandSender } from './command-sender.js';

/** Every order of a person, as a command on its topic: what came of it is told by the topics of those who obey. */
@Controller('api/commands')
export class CommandsController {
  constructor(@Inject(CommandSender) private readonly sender: CommandSender) {}

  @Post()
  @Access('reviewer')
  @Answers(commandAcceptedSchema, { status: 202, description: 'It is on the topic of commands' })
  async issue(@Body({ schema: commandOrderSchema }) order: CommandOrder, @Caller() caller: CallerFacts): Promise<{ commandId: string }> {
    const needed = roleForCommand(order.name);
    if (!mayAct(caller.role, needed)) throw new ForbiddenException(`${order.name} needs the role ${needed}; ${caller.name} is ${caller.role}.`);
    return { commandId: await this.sender.send(order, caller) };
  }
}
