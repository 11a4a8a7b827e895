import { Argument } from 'commander';
import type { Command } from 'commander';
import { rootCauseSchema } from '@ratchet/domain';
import type { CommandIo } from '../command-module.js';
import { orderCommand, orders } from '../commands-out/command-events.js';
import type { Order } from '../commands-out/command-events.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { readRouting, requireTarget } from '../stack/read-routing.js';
import { sendEvents } from '../stack/send-events.js';

interface OrderOptions extends KafkaOptions {
  readonly model: string;
  readonly workload: string;
  readonly version?: string;
  readonly stage?: string;
  readonly evidence?: string;
  readonly opportunity?: string;
  readonly rootCause?: string;
  readonly reason: string;
  readonly actor: string;
}

/** `ratchet command`: what a person orders goes before what the automation wants. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command)
    .addArgument(new Argument('<order>', 'what to do').choices(Object.keys(orders)))
    .requiredOption('--model <name>', 'the model')
    .option('--workload <name>', 'its workload', 'default')
    .option('--version <id>', 'the candidate, for approve and reject')
    .option('--stage <number>', 'for approve: the stage of the rollout that was looked at; refused where it is another one by now')
    .option('--evidence <sequence>', 'for approve: the sequence of the rollout\'s last row that was looked at; refused where there is a newer one')
    .option('--opportunity <id>', 'the opportunity, for diagnose and dismiss')
    .option('--root-cause <cause>', `its root cause, for diagnose: ${rootCauseSchema.options.join(', ')}`)
    .requiredOption('--reason <text>', 'why, for the audit log')
    .requiredOption('--actor <name>', 'who orders it, for the audit log')
    .addHelpText('after', '\nPrints the id of the command.')
    .action(async (order: Order, options: OrderOptions) => {
      const target = { model: options.model, workload: options.workload };
      const event = orderCommand({ order, target, subject: options, person: options });
      await withKafka(options, async (kafka) => {
        requireTarget(target, await readRouting(kafka));
        await sendEvents(kafka, [event]);
      });
      io.stdout.write(`${event.data.commandId}\n`);
    });
};
