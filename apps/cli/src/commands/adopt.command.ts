import type { Command } from 'commander';
import { targetKey } from '@ratchet/domain';
import { type CommandIo, UsageError } from '../command-module.js';
import { adoptedBundle, type BundleOptions } from '../commands-out/adopted-bundle.js';
import { adoptCommand } from '../commands-out/command-events.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { readRouting } from '../stack/read-routing.js';
import { sendEvents } from '../stack/send-events.js';

interface AdoptOptions extends KafkaOptions, BundleOptions {
  readonly model: string;
  readonly workload: string;
  readonly reason: string;
  readonly actor: string;
}

/** `ratchet adopt`: puts a first version behind a model's name. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command)
    .requiredOption('--model <name>', 'the model that clients will ask for')
    .option('--workload <name>', 'its workload', 'default')
    .option('--provider <name>', 'a provider in the configuration of gateway, evaluator and trainer-dispatcher; embedded is the one that comes along')
    .option('--provider-model <id>', 'what that provider calls the model')
    .option('--system-prompt <file>', 'text that goes before every conversation; - is standard input')
    .option('--self-critique [json]', 'it criticises and improves its answers before it gives them; with settings, \'{"rounds": 2, "stopAbove": 0.9, "maxMs": 20000, "maxUsd": 0.01}\'')
    .option('--bundle <file>', 'the whole bundle as JSON, in place of --provider, --provider-model and --system-prompt; - is standard input')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .requiredOption('--actor <name>', 'who orders it, for the audit log')
    .addHelpText('after', '\nPrints the id of the command. The gateway serves the model a moment later.')
    .action(async (options: AdoptOptions) => {
      const target = { model: options.model, workload: options.workload };
      const event = adoptCommand(target, await adoptedBundle(options, io), options);
      await withKafka(options, async (kafka) => {
        const routed = (await readRouting(kafka)).find((entry) => targetKey(entry) === targetKey(target));
        if (routed) throw new UsageError(`${targetKey(target)} already has a champion, ${routed.champion}: from there on, versions come by cycles (\`npx ratchet command train\`)`);
        await sendEvents(kafka, [event]);
      });
      io.stdout.write(`${event.data.commandId}\n`);
    });
};
