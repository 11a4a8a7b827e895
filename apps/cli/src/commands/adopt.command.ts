import type { Command } from 'commander';
import { targetKey } from '@ratchet/domain';
import type { Bundle } from '@ratchet/domain';
import { type CommandIo, UsageError } from '../command-module.js';
import { adoptCommand } from '../commands-out/command-events.js';
import { readInput } from '../json-input.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { readRouting } from '../stack/read-routing.js';
import { sendEvents } from '../stack/send-events.js';

interface AdoptOptions extends KafkaOptions {
  readonly model: string;
  readonly workload: string;
  readonly provider: string;
  readonly providerModel: string;
  readonly systemPrompt?: string;
  readonly reason: string;
  readonly actor: string;
}

const bundleOf = async ({ provider, providerModel, systemPrompt }: AdoptOptions, io: CommandIo): Promise<Bundle> => ({
  provider: { name: provider, model: providerModel },
  ...(systemPrompt !== undefined && { systemPrompt: (await readInput(systemPrompt, io)).trimEnd() }),
});

/** `ratchet adopt`: puts a first version behind a model's name. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command)
    .requiredOption('--model <name>', 'the model that clients will ask for')
    .option('--workload <name>', 'its workload', 'default')
    .requiredOption('--provider <name>', 'a provider in the configuration of gateway, evaluator and trainer-dispatcher; embedded is the one that comes along')
    .requiredOption('--provider-model <id>', 'what that provider calls the model')
    .option('--system-prompt <file>', 'text that goes before every conversation; - is standard input')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .requiredOption('--actor <name>', 'who orders it, for the audit log')
    .addHelpText('after', '\nPrints the id of the command. The gateway serves the model a moment later.')
    .action(async (options: AdoptOptions) => {
      const target = { model: options.model, workload: options.workload };
      const event = adoptCommand(target, await bundleOf(options, io), options);
      await withKafka(options, async (kafka) => {
        const routed = (await readRouting(kafka)).find((entry) => targetKey(entry) === targetKey(target));
        if (routed) throw new UsageError(`${targetKey(target)} already has a champion, ${routed.champion}: from there on, versions come by cycles (\`npx ratchet command train\`)`);
        await sendEvents(kafka, [event]);
      });
      io.stdout.write(`${event.data.commandId}\n`);
    });
};
