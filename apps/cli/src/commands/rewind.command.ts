import type { Command } from 'commander';
import type { CommandIo } from '../command-module.js';
import { UsageError } from '../command-module.js';
import { carryOut, planRewind } from '../rewind/rewind.js';
import type { RewindPlan } from '../rewind/rewind.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { plainTable } from '../stack/plain-table.js';

interface RewindOptions extends KafkaOptions {
  readonly to: string;
  readonly yes?: boolean;
}

const timeOf = (to: string): number => {
  const timeMs = Date.parse(to);
  // Without a zone the machine's own would decide.
  if (!/^\d{4}-\d{2}-\d{2}T.+(?:Z|[+-]\d{2}:\d{2})$/u.test(to) || Number.isNaN(timeMs)) throw new UsageError('--to takes the moment at which the backup began, with its zone, such as 2026-01-31T04:00:00Z');
  if (timeMs > Date.now()) throw new UsageError('--to lies in the future: it takes the moment at which the backup began');
  return timeMs;
};

const print = ({ groups, topics }: RewindPlan, io: CommandIo): void => {
  const rows = [
    ...groups.map(({ group, topic, again, isTooLate }) => ['read again', topic, `${group}: ${again} records${isTooLate ? ' (the log begins after the backup: what came between is lost)' : ''}`]),
    ...topics.map(({ name, records }) => ['delete', name, `${records} records`]),
  ];
  io.stdout.write(rows.length === 0 ? 'there is nothing to rewind\n' : `${plainTable(['', 'topic', ''], rows)}\n`);
};

const rewind = async (options: RewindOptions, io: CommandIo): Promise<void> => {
  const timeMs = timeOf(options.to);
  await withKafka(options, async (kafka) => {
    const plan = await planRewind(kafka, timeMs);
    print(plan, io);
    if (plan.running.length > 0) {
      const running = plan.running.map(({ group, members }) => `${group} (${members})`).join(', ');
      throw new UsageError(`these services run: ${running}. Stop all but gateways and model-server; one that was killed counts for as long as its session, half a minute`);
    }
    if (!options.yes) {
      io.stderr.write('nothing was changed: this is what --yes does\n');
      return;
    }
    await carryOut(kafka, plan);
    io.stderr.write(`${plan.topics.length} topics were deleted, and groups set back in ${plan.groups.length} places: start the services\n`);
  });
};

/** `ratchet rewind`: Kafka, back to what a PostgreSQL knows that was restored. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command)
    .requiredOption('--to <time>', 'the moment at which the backup began, such as 2026-01-31T04:00:00Z')
    .option('--yes', 'do it; without this it only says what it would do')
    .action((options: RewindOptions) => rewind(options, io));
};
