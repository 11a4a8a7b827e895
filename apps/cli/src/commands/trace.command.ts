import { topics, toStructured } from '@ratchet/contracts';
import type { Command } from 'commander';
import { type CommandIo, EXIT } from '../command-module.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { readEvents } from '../stack/read-topics.js';
import { conclusionOf, describeEvent } from '../trace/describe-event.js';
import { TraceCollector } from '../trace/trace-collector.js';

const TRACED = [topics.signals, topics.opportunities, topics.datasets, topics.candidates, topics.versions, topics.verdicts, topics.promotions, topics.commands].map(({ name }) => name);

const collect = async (options: KafkaOptions, ...ids: readonly string[]): Promise<TraceCollector> => {
  const collector = new TraceCollector(...ids);
  await withKafka(options, (kafka) => readEvents({ kafka, topics: TRACED, onEvent: (event) => collector.take(event) }));
  return collector;
};

const trace = async (id: string, { json, ...options }: KafkaOptions & { json?: boolean }, io: CommandIo): Promise<void> => {
  const found = await collect(options, id);
  const { interactions } = found;
  const events = (interactions.length > 0 ? await collect(options, ...interactions) : found).events();
  if (events.length === 0) {
    io.stderr.write(`nothing is known of ${id}: no event names it, or its topic has let it go; an interaction is known from its first signal on\n`);
    io.exitCode = EXIT.failed;
    return;
  }
  for (const event of events) io.stdout.write(`${json ? JSON.stringify(toStructured(event)) : `${event.time}  ${describeEvent(event)}`}\n`);
  io.stderr.write(`${conclusionOf(events)}\n`);
};

/** `ratchet trace`: how one thing led to another, across the topics. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command)
    .argument('<id>', 'of an interaction, conversation, signal, request trace, opportunity, dataset, cycle, version or event')
    .option('--json', 'the events, as structured CloudEvents, one a line; of large ones, the part that the trace is about')
    .addHelpText('after', '\nExit code: 0 found, 1 nothing is known of the id, 2 bad usage.')
    .action((id: string, options: KafkaOptions & { json?: boolean }) => trace(id, options, io));
};
