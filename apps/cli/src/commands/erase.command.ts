import { isEvent, topics } from '@ratchet/contracts';
import { erasureCompleted } from '@ratchet/domain';
import type { ErasureCompleted } from '@ratchet/domain';
import type { Command } from 'commander';
import { type CommandIo, EXIT, UsageError } from '../command-module.js';
import { eraseCommand } from '../review/review-orders.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { readEvents } from '../stack/read-topics.js';
import { sendEvents } from '../stack/send-events.js';

interface EraseOptions extends KafkaOptions {
  readonly model?: string;
  readonly workload: string;
  readonly user?: string;
  readonly reason?: string;
  readonly actor?: string;
  readonly report?: string;
}

const withoutIds = ({ exampleIds: _, interactionIds: __, ...report }: ErasureCompleted): object => report;

const showReport = async (erasureId: string, options: EraseOptions, io: CommandIo): Promise<void> => {
  const parts: ErasureCompleted[] = [];
  await withKafka(options, (kafka) => readEvents({ kafka, topics: [topics.datasets.name], onEvent: (event) => void (isEvent(event, erasureCompleted) && event.data.erasureId === erasureId && parts.push(event.data)) }));
  const [first] = parts;
  if (!first) {
    io.stderr.write(`nothing is known of ${erasureId} yet: the erasure is not done, or there is none of this id\n`);
    io.exitCode = EXIT.failed;
    return;
  }
  io.stdout.write(`${JSON.stringify({ ...withoutIds(first), examples: parts.reduce((sum, { exampleIds }) => sum + exampleIds.length, 0), interactions: parts.reduce((sum, { interactionIds = [] }) => sum + interactionIds.length, 0) })}\n`);
};

const erase = async ({ model, workload, user, reason, actor, ...options }: EraseOptions, io: CommandIo): Promise<void> => {
  if (model === undefined || user === undefined || reason === undefined || actor === undefined) throw new UsageError('give --model, --user, --reason and --actor; or --report with the id of an erasure');
  const event = eraseCommand({ target: { model, workload }, userId: user, person: { actor, reason } });
  await withKafka(options, (kafka) => sendEvents(kafka, [event]));
  io.stdout.write(`${event.data.commandId}\n`);
};

/** `ratchet erase`: removes what a user said from all that is kept to learn from. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command)
    .option('--model <name>', 'the model')
    .option('--workload <name>', 'its workload', 'default')
    .option('--user <id>', 'the user id as it is recorded (a keyed hash where PRIVACY.userIdKey is set)')
    .option('--reason <text>', 'why, for the audit log')
    .option('--actor <name>', 'who orders it, for the audit log')
    .option('--report <id>', 'show what an erasure found: rows removed, datasets and versions that held them')
    .addHelpText('after', '\nPrints the id of the erasure. Kafka keeps records for their retention, and models keep what they learnt: docs/operating/privacy.md.\nExit code of --report: 0 done, 1 not known yet.')
    .action((options: EraseOptions) => (options.report === undefined ? erase(options, io) : showReport(options.report, options, io)));
};
