import type { Command } from 'commander';
import type { CommandIo } from '../command-module.js';
import { UsageError } from '../command-module.js';
import { copyOf, printable } from '../dead-letters/dead-letter.js';
import type { DeadLetter } from '../dead-letters/dead-letter.js';
import { placeOf, readDeadLetterCounts, readDeadLetters, readReplayPositions, wasReplayed } from '../dead-letters/dead-letter-list.js';
import type { DeadLetterFilter } from '../dead-letters/dead-letter-list.js';
import { replayDeadLetters } from '../dead-letters/replay-dead-letters.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { plainTable } from '../stack/plain-table.js';

interface ListOptions extends KafkaOptions, DeadLetterFilter {
  readonly json?: boolean;
}

interface ShowOptions extends ListOptions {
  readonly limit: string;
}

interface ReplayOptions extends KafkaOptions, DeadLetterFilter {
  readonly limit: string;
  readonly offset?: string;
  readonly all?: boolean;
  readonly again?: boolean;
}

const VALUE_CHARS_MAX = 500;
const MESSAGE_CHARS_MAX = 500;

const limitOf = ({ limit }: { readonly limit: string }): number => {
  const value = Number(limit);
  if (!Number.isInteger(value) || value < 1) throw new UsageError('--limit takes a whole number of at least 1');
  return value;
};

const list = ({ json, ...options }: ListOptions, io: CommandIo): Promise<void> =>
  withKafka(options, async (kafka) => {
    const counts = await readDeadLetterCounts(kafka, options);
    if (json) for (const count of counts) io.stdout.write(`${JSON.stringify(count)}\n`);
    else if (counts.length === 0) io.stderr.write('no dead letters\n');
    else io.stdout.write(`${plainTable(['topic', 'service', 'code', 'records', 'to replay'], counts.map(({ topic, service, code, records, pending }) => [topic, service, code, records, pending]))}\n`);
  });

const shown = (letter: DeadLetter, replayed: boolean): Record<string, unknown> => ({
  topic: letter.topic,
  service: letter.service,
  offset: String(letter.record.offset),
  from: `${letter.topic}/${letter.partition}@${letter.offset}`,
  code: letter.code,
  message: printable(Buffer.from(letter.message), MESSAGE_CHARS_MAX),
  time: letter.time,
  replayed,
  key: printable(letter.record.key, VALUE_CHARS_MAX),
  value: printable(letter.record.value, VALUE_CHARS_MAX),
});

const show = ({ json, ...options }: ShowOptions, io: CommandIo): Promise<void> =>
  withKafka(options, async (kafka) => {
    const positions = await readReplayPositions(kafka);
    const limit = limitOf(options);
    const newest: DeadLetter[] = [];
    await readDeadLetters(kafka, options, (letter) => {
      newest.push(letter);
      if (newest.length > limit) newest.shift();
    });
    for (const letter of newest) {
      const fields = shown(letter, wasReplayed(positions, letter));
      io.stdout.write(json ? `${JSON.stringify(fields)}\n` : `${Object.entries(fields).map(([name, value]) => `${name.padEnd(9)}${String(value)}`).join('\n')}\n\n`);
    }
    if (newest.length === 0) io.stderr.write('no dead letters\n');
  });

const checkReplay = ({ offset, all, topic, service }: ReplayOptions): bigint | undefined => {
  if ((offset === undefined) === (all !== true)) throw new UsageError('say what to replay: --all (with --topic and --service, if only some), or one --offset');
  if (offset === undefined) return undefined;
  if (!/^\d+$/.test(offset)) throw new UsageError('--offset takes the offset that `ratchet dlq show` prints');
  if (topic === undefined || service === undefined) throw new UsageError('--offset needs --topic and --service: offsets are counted per dead-letter topic');
  return BigInt(offset);
};

const replay = async (options: ReplayOptions, io: CommandIo): Promise<void> => {
  const offset = checkReplay(options);
  const limit = limitOf(options);
  await withKafka(options, async (kafka) => {
    const positions = await readReplayPositions(kafka);
    const present = new Map<string, bigint[]>();
    const letters: DeadLetter[] = [];
    const done = new Set<string>();
    let already = 0;
    await readDeadLetters(kafka, options, (letter) => {
      const place = placeOf(letter.record);
      const offsets = present.get(place);
      if (offsets) offsets.push(letter.record.offset);
      else present.set(place, [letter.record.offset]);
      if (!options.again && wasReplayed(positions, letter)) done.add(copyOf(letter));
      if ((offset !== undefined && letter.record.offset !== offset) || letters.length >= limit) return;
      if (!options.again && wasReplayed(positions, letter)) already += 1;
      else letters.push(letter);
    });
    if (offset !== undefined && letters.some((letter) => done.has(copyOf(letter)))) throw new UsageError('a copy of this record has been replayed already: --again sends it once more');
    if (offset !== undefined && letters.length === 0) throw new UsageError(already > 0 ? 'this record has been replayed already: --again sends it once more' : `there is no dead letter at offset ${offset}`);
    const total = { replayed: 0, sent: 0 };
    await replayDeadLetters({ kafka, letters, present, positions, done, onSent: ({ letters: count, records }) => { total.replayed += count; total.sent += records; } });
    io.stdout.write(`${JSON.stringify({ ...total, replayedBefore: already })}\n`);
  });
};

const withFilter = (command: Command): Command => withKafkaOptions(command).option('--topic <name>', 'only of this topic').option('--service <name>', 'only of this service');

/** `ratchet dlq`: what services could not take. */
export const register = (command: Command, io: CommandIo): void => {
  withFilter(command.command('list'))
    .description('count dead letters by topic, service and code')
    .option('--json', 'one line of JSON each')
    .action((options: ListOptions) => list(options, io));
  withFilter(command.command('show'))
    .description('show the newest, with the error and where they came from')
    .option('--limit <n>', 'at most so many', '20')
    .option('--json', 'one line of JSON each')
    .action((options: ShowOptions) => show(options, io));
  withFilter(command.command('replay'))
    .description('send them back to their topic, as they were; every service that reads it takes an event once')
    .option('--all', 'all that were not replayed yet')
    .option('--offset <n>', 'one record')
    .option('--limit <n>', 'at most so many in one call', '10000')
    .option('--again', 'also what was replayed before')
    .action((options: ReplayOptions) => replay(options, io));
};
