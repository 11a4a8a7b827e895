import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { ReviewItem } from '@ratchet/domain';
import type { CommandIo } from '../command-module.js';
import { UsageError } from '../command-module.js';
import { writeLine } from '../datasets/export-examples.js';
import { readInput } from '../json-input.js';
import { printItem, printStats } from '../review/print-review.js';
import { editCommand, reviewCommands } from '../review/review-orders.js';
import type { ReviewOrder } from '../review/review-orders.js';
import { claimable, ReviewQueue, statsOf } from '../review/review-queue.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { sendEvents } from '../stack/send-events.js';

interface ListOptions extends KafkaOptions {
  readonly state: ReviewItem['state'];
  readonly model?: string;
  readonly workload?: string;
  readonly limit: number;
  readonly json?: boolean;
}

interface OrderOptions extends KafkaOptions {
  readonly model: string;
  readonly workload: string;
  readonly actor: string;
  readonly reason: string;
  readonly next?: number;
}

const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('give a whole number from 1 on');
  return value;
};

const list = async ({ state, model, workload, limit, json, ...options }: ListOptions, io: CommandIo): Promise<void> => {
  const items = (await withKafka(options, (kafka) => ReviewQueue.read(kafka))).select({ state, model, workload });
  const nowMs = Date.now();
  for (const item of items.slice(0, limit)) await writeLine(io.stdout, json ? JSON.stringify(item) : printItem(item, nowMs));
  const left = items.length - limit;
  io.stderr.write(items.length === 0 ? `nothing is ${state}\n` : left > 0 ? `${left} more: --limit shows them\n` : '');
};

const idsOf = async (given: readonly string[], io: CommandIo): Promise<string[]> =>
  given.length === 1 && given[0] === '-' ? (await readInput('-', io)).split(/\s+/u).filter((id) => id !== '') : [...given];

const order = async (kind: ReviewOrder, given: readonly string[], { next, ...options }: OrderOptions, io: CommandIo): Promise<void> => {
  const target = { model: options.model, workload: options.workload };
  const named = await idsOf(given, io);
  if (next !== undefined && named.length > 0) throw new UsageError('name items or give --next, not both');
  await withKafka(options, async (kafka) => {
    const queue = await ReviewQueue.read(kafka);
    const known = new Map(queue.select(target).map((item) => [item.exampleId, item]));
    const unknown = named.filter((id) => !known.has(id));
    if (unknown.length > 0) throw new UsageError(`${target.model}/${target.workload} has no review item ${unknown.slice(0, 5).join(', ')}: \`ratchet review list\` shows those that wait`);
    const exampleIds = next === undefined ? named : claimable([...known.values()], { actor: options.actor, nowMs: Date.now() }).slice(0, next).map(({ exampleId }) => exampleId);
    if (next !== undefined && exampleIds.length === 0) {
      io.stderr.write('nothing waits that you could take up\n');
      return;
    }
    await sendEvents(kafka, reviewCommands(kind, { target, exampleIds, person: options }));
    if (next === undefined) io.stderr.write(`sent for ${new Set(exampleIds).size} items; \`ratchet review list --state ...\` shows what became of them, also what was refused\n`);
    else for (const id of exampleIds) io.stdout.write(`${printItem(known.get(id) as ReviewItem, Date.now())}\n`);
  });
};

const edit = async (exampleId: string, { output, ...options }: OrderOptions & { output: string }, io: CommandIo): Promise<void> => {
  const target = { model: options.model, workload: options.workload };
  const text = output === '-' ? (await readInput('-', io)).trimEnd() : output;
  await withKafka(options, (kafka) => sendEvents(kafka, [editCommand({ target, exampleId, output: text, person: options })]));
};

const stats = async ({ model, workload, json, ...options }: Omit<ListOptions, 'state' | 'limit'>, io: CommandIo): Promise<void> => {
  const found = statsOf((await withKafka(options, (kafka) => ReviewQueue.read(kafka))).select({ model, workload }));
  io.stdout.write(`${json ? JSON.stringify(found) : printStats(found)}\n`);
};

const ordering = (command: Command, { reason }: { readonly reason: string | undefined }): Command => {
  const withTarget = withKafkaOptions(command)
    .requiredOption('--model <name>', 'the model')
    .option('--workload <name>', 'its workload', 'default')
    .requiredOption('--actor <name>', 'who you are: the reviewer');
  return reason === undefined ? withTarget.requiredOption('--reason <text>', 'why; a rejection\'s reason is told to the teacher') : withTarget.option('--reason <text>', 'why', reason);
};

const explained: Record<ReviewOrder, { readonly description: string; readonly reason: string | undefined }> = {
  claim: { description: 'take items up, so that nobody else works on them for a while', reason: 'to review' },
  release: { description: 'give items back that you took up', reason: 'given back' },
  approve: { description: 'make the proposed answers training data', reason: 'the answer is right' },
  reject: { description: 'keep the proposed answers out for good', reason: undefined },
  reopen: { description: 'take your own decisions back, where the answers are in no dataset yet', reason: 'taken back' },
};

/** `ratchet review`: what waits for a person, and what they decide. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command.command('list'))
    .description('show items')
    .addOption(new Option('--state <state>', 'which').choices(['waiting', 'approved', 'rejected', 'withdrawn']).default('waiting'))
    .option('--model <name>', 'only of this model')
    .option('--workload <name>', 'only of this workload')
    .option('--limit <n>', 'items shown', positive, 20)
    .option('--json', 'one line of JSON each')
    .action((options: ListOptions) => list(options, io));
  for (const [kind, { description, reason }] of Object.entries(explained) as [ReviewOrder, (typeof explained)[ReviewOrder]][]) {
    const added = ordering(command.command(kind).argument('[ids...]', 'of the items; - reads them from standard input').description(description), { reason });
    if (kind === 'claim') added.option('--next <n>', 'the next items that nobody has taken up, in place of ids; shows them', positive);
    added.action((ids: string[], options: OrderOptions) => order(kind, ids, options, io));
  }
  ordering(command.command('edit').argument('<id>', 'of the item').description('approve an item with another answer').requiredOption('--output <text>', 'the answer; - reads it from standard input'), { reason: 'the answer is better so' })
    .action((id: string, options: OrderOptions & { output: string }) => edit(id, options, io));
  withKafkaOptions(command.command('stats'))
    .description('what reviewers decided, and how far they agree')
    .option('--model <name>', 'only of this model')
    .option('--workload <name>', 'only of this workload')
    .option('--json', 'one line of JSON')
    .action((options: Omit<ListOptions, 'state' | 'limit'>) => stats(options, io));
};
