import { topics } from '@ratchet/contracts';
import type { KafkaClient } from '@ratchet/kafka';
import type { Command } from 'commander';
import { judgeAudit, readAuditTopic } from '../audit/audit-topic.js';
import { verifyTables } from '../audit/audit-tables.js';
import { readPublished } from '../audit/published.js';
import { type CommandIo, EXIT, UsageError } from '../command-module.js';
import { requireTopics, withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';

const HASH = /^[0-9a-f]{64}$/;

interface VerifyOptions extends KafkaOptions {
  readonly noted?: string;
  readonly database?: string;
}

/** The tables of the console beside the topic. */
const verifyDatabase = async (kafka: KafkaClient, url: string, noted: string | undefined, io: CommandIo): Promise<void> => {
  if (!/^postgres(ql)?:\/\//.test(url)) throw new UsageError('--database takes the address of the console\'s database: postgres://…');
  const verdict = await verifyTables(url, await readPublished(kafka), noted);
  io.stdout.write(`${JSON.stringify(verdict)}\n`);
  io.stderr.write(verdict.valid ? `both chains are unbroken: ${verdict.cycles.records} cycles, ${verdict.decisions.records} decisions, ${verdict.anchors} anchors\n` : `the audit log is not what was written: ${verdict.problem}\n`);
  io.exitCode = verdict.valid ? EXIT.done : EXIT.failed;
};

const verify = ({ noted, database, ...options }: VerifyOptions, io: CommandIo): Promise<void> => {
  if (noted !== undefined && !HASH.test(noted)) throw new UsageError('--noted takes the hash that an earlier verification printed as head');
  return withKafka(options, async (kafka) => {
    await requireTopics(kafka, [topics.audit.name]);
    if (database !== undefined) return verifyDatabase(kafka, database, noted, io);
    const verdict = judgeAudit(await readAuditTopic(kafka), noted);
    io.stdout.write(`${JSON.stringify(verdict)}\n`);
    io.stderr.write(verdict.valid ? `the chain of ${verdict.records} records is unbroken\n` : `the audit log is not what was written: ${verdict.problem}\n`);
    io.exitCode = verdict.valid ? EXIT.done : EXIT.failed;
  });
};

const exportRecords = (options: KafkaOptions, io: CommandIo): Promise<void> =>
  withKafka(options, async (kafka) => {
    await requireTopics(kafka, [topics.audit.name]);
    const { records, foreign } = await readAuditTopic(kafka);
    for (const record of records) io.stdout.write(`${JSON.stringify(record)}\n`);
    if (foreign.length > 0) io.stderr.write(`left out: ${foreign.length} records of the topic that are no audit records\n`);
  });

/** `ratchet audit`: the log of all cycles, which nobody can change unseen. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command.command('verify'))
    .description('check that no record was changed, removed, added or moved')
    .option('--noted <hash>', 'the head of an earlier verification, which must still be there')
    .option('--database <url>', "the console's database: its tables are verified too, beside the topic and its anchors")
    .addHelpText('after', '\nExit code: 0 unbroken, 1 broken, 2 bad usage.')
    .action((options: VerifyOptions) => verify(options, io));
  withKafkaOptions(command.command('export'))
    .description('print all records as JSON lines, oldest first')
    .action((options: KafkaOptions) => exportRecords(options, io));
};
