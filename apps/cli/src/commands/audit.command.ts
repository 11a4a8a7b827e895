import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { topics } from '@ratchet/contracts';
import { type Command, Option } from 'commander';
import { verifyTables } from '../audit/audit-tables.js';
import { exportTable, exportTopic } from '../audit/export-chain.js';
import { type ChainName, chains, readPublished } from '../audit/published.js';
import { verifyTopic } from '../audit/audit-topic.js';
import { type CommandIo, EXIT, UsageError } from '../command-module.js';
import { requireTopics, withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';

const HASH = /^[0-9a-f]{64}$/;

interface VerifyOptions extends KafkaOptions {
  readonly noted?: string;
  readonly database?: string;
  readonly anchorKey?: readonly string[];
}

interface ExportOptions extends KafkaOptions {
  readonly chain: ChainName;
  readonly database?: string;
}

const checkedAddress = (url: string | undefined): string | undefined => {
  if (url !== undefined && !/^postgres(ql)?:\/\//.test(url)) throw new UsageError('--database takes the address of the console\'s database: postgres://…');
  return url;
};

const readKey = (path: string): KeyObject => {
  try {
    const key = createPublicKey(readFileSync(path, 'utf8'));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below; what the key's parser says helps nobody.
  }
  throw new UsageError(`--anchor-key ${path} is no readable Ed25519 public key in PEM; \`openssl pkey -in PRIVATE.pem -pubout\` prints one`);
};

const WHAT_TO_DO = `Leave topic and tables as they are, and verify once more: what is being published at this moment may be seen in part.
If it stays, compare with a copy: \`ratchet audit export --chain cycles|decisions\`, with and without --database, and a backup from before.
docs/operating/audit.md says what each finding means.
`;

const verify = async ({ noted, database, anchorKey, ...options }: VerifyOptions, io: CommandIo): Promise<void> => {
  if (noted !== undefined && !HASH.test(noted)) throw new UsageError('--noted takes the hash that an earlier verification printed as head');
  const url = checkedAddress(database);
  const anchorKeys = anchorKey?.map(readKey);
  await withKafka(options, async (kafka) => {
    await requireTopics(kafka, [topics.audit.name]);
    const published = await readPublished(kafka, { noted, anchorKeys });
    const verdict = url === undefined ? verifyTopic(published) : await verifyTables(url, published);
    io.stdout.write(`${JSON.stringify(verdict)}\n`);
    const { cycles, decisions, anchors } = verdict;
    io.stderr.write(verdict.valid ? `both chains are unbroken: ${cycles.records} cycles, ${decisions.records} decisions, ${anchors} anchors\n` : `the audit log is not what was written: ${verdict.problem}\n${WHAT_TO_DO}`);
    io.exitCode = verdict.valid ? EXIT.done : EXIT.failed;
  });
};

const exportRecords = async ({ chain, database, ...options }: ExportOptions, io: CommandIo): Promise<void> => {
  const url = checkedAddress(database);
  if (url !== undefined) return exportTable(url, chain, io.stdout);
  return withKafka(options, async (kafka) => {
    await requireTopics(kafka, [topics.audit.name]);
    const foreign = await exportTopic(kafka, chain, io.stdout);
    if (foreign > 0) io.stderr.write(`left out: ${foreign} records of the topic that are no audit records\n`);
  });
};

/** `ratchet audit`: the log of all cycles and decisions, which nobody can change unseen. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command.command('verify'))
    .description('check that no record of a cycle or decision was changed, removed, added or moved')
    .option('--noted <hash>', 'the head of an earlier verification, which must still be there')
    .option('--database <url>', "the console's database: its tables are verified too, beside the topic and its anchors")
    .option('--anchor-key <files...>', 'public keys (Ed25519, PEM), one of which must have signed each anchor')
    .addHelpText('after', '\nExit code: 0 unbroken, 1 broken, 2 bad usage.')
    .action((options: VerifyOptions) => verify(options, io));
  withKafkaOptions(command.command('export'))
    .description('print all records of a chain as JSON lines, oldest first')
    .addOption(new Option('--chain <name>', 'which chain').choices(chains).default('cycles'))
    .option('--database <url>', "from the console's database in place of the topic")
    .action((options: ExportOptions) => exportRecords(options, io));
};
