import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KafkaAdmin, KafkaClient, KafkaSettings } from '@ratchet/kafka';
import { createKafka } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import type { Command } from 'commander';
import { z } from 'zod';
import { UsageError } from '../command-module.js';
import { readRunning } from './running.js';

/** How a command is told which Kafka to use. */
export interface KafkaOptions {
  readonly brokers?: string;
  readonly dataDir?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const CONNECT_WITHIN_MS = 3_000;

/** The checkout that this command line is part of. */
export const repositoryRoot = (): string => fileURLToPath(new URL('../../../../', import.meta.url));

/** Where `ratchet demo` and `ratchet up` keep their data, in the order in which a running one is looked for. */
export const defaultDataDirs = (root = repositoryRoot()): string[] => [join(root, '.ratchet', 'demo'), join(root, '.ratchet', 'up')];

/** Adds the options of {@link KafkaOptions}. */
export const withKafkaOptions = (command: Command): Command =>
  command
    .option('--brokers <list>', 'Kafka brokers as host:port, separated by commas (default: KAFKA_BROKERS, else what runs on this machine)')
    .option('--data-dir <folder>', 'data folder of a running demo or up (default: .ratchet/demo, else .ratchet/up)');

const broker = z.string().regex(/^.+:\d{1,5}$/);
const saslSchema = z.object({ mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']), username: z.string().min(1), password: z.string().min(1) });

/**
 * Brokers of a comma-separated list.
 *
 * @throws {UsageError} where one is not `host:port`
 */
export const parseBrokers = (list: string, source: string): string[] => {
  const brokers = list.split(',').map((item) => item.trim()).filter((item) => item !== '');
  if (brokers.length === 0 || !brokers.every((item) => broker.safeParse(item).success)) throw new UsageError(`${source} must be host:port, several separated by commas`);
  return brokers;
};

const securityOf = (env: Env): Pick<KafkaSettings, 'ssl' | 'sasl'> => {
  const ssl = env['KAFKA_SSL'] === 'true';
  if (!env['KAFKA_SASL_MECHANISM']) return { ssl };
  const sasl = saslSchema.safeParse({ mechanism: env['KAFKA_SASL_MECHANISM'], username: env['KAFKA_SASL_USERNAME'], password: env['KAFKA_SASL_PASSWORD'] });
  if (!sasl.success) throw new UsageError('KAFKA_SASL_MECHANISM must be plain, scram-sha-256 or scram-sha-512, with KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD beside it');
  return { ssl, sasl: sasl.data };
};

/**
 * The first that is given: `--brokers`, `--data-dir`, `KAFKA_BROKERS`, what runs in `dataDirs`. Only brokers that are the
 * user's own are spoken to with the user's security settings.
 *
 * @throws {UsageError} that says what to do where there is none
 */
export const kafkaSettingsOf = async (options: KafkaOptions, { env = process.env, dataDirs = defaultDataDirs() }: { env?: Env; dataDirs?: readonly string[] } = {}): Promise<KafkaSettings> => {
  const clientId = 'ratchet-cli';
  if (options.brokers) return { clientId, brokers: parseBrokers(options.brokers, '--brokers'), ...securityOf(env) };
  if (!options.dataDir && env['KAFKA_BROKERS']) return { clientId, brokers: parseBrokers(env['KAFKA_BROKERS'], 'KAFKA_BROKERS'), ...securityOf(env) };
  const folders = options.dataDir ? [resolve(options.dataDir)] : dataDirs;
  for (const folder of folders) {
    const running = await readRunning(folder);
    if (running) return { clientId, brokers: running.kafkaBrokers };
  }
  throw new UsageError(`nothing runs in ${folders.join(' or ')}: start \`npx ratchet up\` or \`npx ratchet demo\`, or name a Kafka with --brokers or KAFKA_BROKERS`);
};

const answers = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const cut = address.lastIndexOf(':');
    const socket = connect({ host: address.slice(0, cut).replace(/^\[|\]$/g, ''), port: Number(address.slice(cut + 1)), timeout: CONNECT_WITHIN_MS });
    const end = (result: boolean) => () => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });

/** Whether at least one broker takes connections. The Kafka client would go on trying for a minute before it says so. */
export const someBrokerAnswers = async (brokers: readonly string[]): Promise<boolean> => (await Promise.all(brokers.map(answers))).includes(true);

/**
 * Runs `work` with a Kafka client of the chosen brokers.
 *
 * @throws {UsageError} where no broker can be reached
 */
export const withKafka = async <T>(options: KafkaOptions, work: (kafka: KafkaClient) => Promise<T>): Promise<T> => {
  const settings = await kafkaSettingsOf(options);
  if (!(await someBrokerAnswers(settings.brokers))) throw new UsageError(`no Kafka broker answers at ${settings.brokers.join(', ')}: check the address, or start it`);
  return work(createKafka(settings, Logger.silent()));
};

/** Runs `work` with a connected admin client. */
export const withAdmin = async <T>(kafka: KafkaClient, work: (admin: KafkaAdmin) => Promise<T>): Promise<T> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
};

/** @throws {UsageError} where a topic does not exist; sending to it would wait for it in vain. */
export const requireTopics = async (kafka: KafkaClient, names: readonly string[]): Promise<void> => {
  const existing = new Set(await withAdmin(kafka, (admin) => admin.topicNames()));
  const missing = [...new Set(names)].filter((name) => !existing.has(name));
  if (missing.length > 0) throw new UsageError(`Kafka has no topic ${missing.join(', ')}: start Ratchet's services once, they create the topics`);
};
