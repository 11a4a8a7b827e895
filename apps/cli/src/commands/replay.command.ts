import type { Command } from 'commander';
import type { EventEnvelope } from '@ratchet/contracts';
import type { CommandIo } from '../command-module.js';
import { UsageError } from '../command-module.js';
import { parseReplayLine } from '../replay/replay-line.js';
import { requireTopics, withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { topicsOfTypes, withProducer } from '../stack/send-events.js';
import { textLines } from '../stack/text-lines.js';
import type { TextLine } from '../stack/text-lines.js';

interface ReplayOptions extends KafkaOptions {
  readonly any?: boolean;
  readonly skipBad?: boolean;
}

const EVENTS_PER_SEND = 500;
const PROBLEMS_SHOWN = 20;

/** Standard input can be read once only, so its lines are kept. */
const rereadable = async (file: string, io: CommandIo): Promise<() => AsyncIterable<TextLine> | Iterable<TextLine>> => {
  if (file !== '-') return () => textLines(file, io);
  const lines: TextLine[] = [];
  for await (const line of textLines(file, io)) lines.push(line);
  return () => lines;
};

interface Checked {
  readonly events: number;
  readonly bad: number;
  readonly types: ReadonlySet<string>;
}

/** Reads everything before anything is sent, so that a bad line does not leave half of a file behind. */
const checkAll = async (lines: AsyncIterable<TextLine> | Iterable<TextLine>, anyType: boolean, io: CommandIo): Promise<Checked> => {
  const types = new Set<string>();
  let [events, bad] = [0, 0];
  for await (const { line, text } of lines) {
    const parsed = parseReplayLine(text, { anyType });
    if (parsed.ok) {
      events += 1;
      types.add(parsed.event.type);
    } else {
      bad += 1;
      if (bad <= PROBLEMS_SHOWN) io.stderr.write(`line ${line} ${parsed.problem}\n`);
    }
  }
  if (bad > PROBLEMS_SHOWN) io.stderr.write(`and ${bad - PROBLEMS_SHOWN} more bad lines\n`);
  return { events, bad, types };
};

const replay = async (file: string, { any, skipBad, ...options }: ReplayOptions, io: CommandIo): Promise<void> => {
  const anyType = any === true;
  const lines = await rereadable(file, io);
  const { events, bad, types } = await checkAll(lines(), anyType, io);
  if (bad > 0 && !skipBad) throw new UsageError(`nothing was sent: ${bad} of ${events + bad} lines are bad; correct them, or leave them out with --skip-bad`);
  let sent = 0;
  await withKafka(options, async (kafka) => {
    await requireTopics(kafka, topicsOfTypes(types));
    await withProducer(kafka, async (producer) => {
      let waiting: EventEnvelope[] = [];
      const flush = async (): Promise<void> => {
        await producer.send(waiting);
        sent += waiting.length;
        waiting = [];
      };
      for await (const { text } of lines()) {
        const parsed = parseReplayLine(text, { anyType });
        if (parsed.ok) waiting.push(parsed.event);
        if (waiting.length >= EVENTS_PER_SEND) await flush();
      }
      await flush();
    });
  });
  io.stdout.write(`${JSON.stringify({ sent, skipped: bad })}\n`);
};

/** `ratchet replay`: events of a file into their topics. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command)
    .argument('<file>', 'structured CloudEvents as JSON lines; - is standard input')
    .option('--any', "also send events of Ratchet's own services")
    .option('--skip-bad', 'leave bad lines out in place of sending nothing')
    .addHelpText('after', '\nPrints {sent, skipped}. Events with an id that was sent before count once. Exit code: 0 sent, 2 bad usage or input.')
    .action((file: string, options: ReplayOptions) => replay(file, options, io));
};
