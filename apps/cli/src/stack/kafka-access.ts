import { join, resolve } from 'node:path';
import type { KafkaClient, KafkaSecurity, KafkaSecurityEnv, KafkaSettings } from '@ratchet/kafka';
import { checkBrokers, createKafka, explainKafkaError, securityOf, withAdmin } from '@ratchet/kafka';
import { Logger, RatchetError } from '@ratchet/observability';
import type { Command } from 'commander';
import { z } from 'zod';
import { UsageError } from '../command-module.js';
import { repositoryRoot } from './repository-root.js';
import { readRunning } from './running.js';

/** How a command is told which Kafka to use. */
export interface KafkaOptions {
  readonly brokers?: string;
  readonly dataDir?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Where `ratchet demo` and `ratchet up` keep their data, in the order in which a running one is looked for. */
export const defaultDataDirs = (root = repositoryRoot()): string[] => [join(root, '.ratchet', 'demo'), join(root, '.ratchet', 'up')];

/** Adds the options of {@link KafkaOptions}. */
export const withKafkaOptions = (command: Command): Command =>
  command
    .option('--brokers <list>', 'Kafka brokers as host:port, separated by commas (default: KAFKA_BROKERS, else what runs on this machine)')
    .option('--data-dir <folder>', 'data folder of a running demo or up (default: .ratchet/demo, else .ratchet/up)');

const broker = z.string().regex(/^.+:\d{1,5}$/);

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

/** The user's own security settings, as the services read them. */
const ownSecurity = (env: Env): KafkaSecurity => {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name.startsWith('KAFKA_S') && value)) as KafkaSecurityEnv & Env;
  const { KAFKA_SSL: ssl = 'false' } = given as Env;
  if (ssl !== 'true' && ssl !== 'false') throw new UsageError('KAFKA_SSL must be true or false');
  try {
    return securityOf({ ...given, KAFKA_SSL: ssl === 'true' });
  } catch (error) {
    throw error instanceof RatchetError ? new UsageError(error.message) : error;
  }
};

/**
 * The first that is given: `--brokers`, `--data-dir`, `KAFKA_BROKERS`, what runs in `dataDirs`. Only brokers that are the
 * user's own are spoken to with the user's security settings.
 *
 * @throws {UsageError} that says what to do where there is none
 */
export const kafkaSettingsOf = async (options: KafkaOptions, { env = process.env, dataDirs = defaultDataDirs() }: { env?: Env; dataDirs?: readonly string[] } = {}): Promise<KafkaSettings> => {
  const clientId = 'ratchet-cli';
  if (options.brokers) return { clientId, brokers: parseBrokers(options.brokers, '--brokers'), ...ownSecurity(env) };
  if (!options.dataDir && env['KAFKA_BROKERS']) return { clientId, brokers: parseBrokers(env['KAFKA_BROKERS'], 'KAFKA_BROKERS'), ...ownSecurity(env) };
  const folders = options.dataDir ? [resolve(options.dataDir)] : dataDirs;
  for (const folder of folders) {
    const running = await readRunning(folder);
    if (running) return { clientId, brokers: running.kafkaBrokers };
  }
  throw new UsageError(`nothing runs in ${folders.join(' or ')}: start \`npx ratchet up\` or \`npx ratchet demo\`, or name a Kafka with --brokers or KAFKA_BROKERS`);
};

/**
 * Runs `work` with a Kafka client of the chosen brokers.
 *
 * @throws {UsageError} where no broker can be reached, or Kafka turns us away: the message says what to set
 */
export const withKafka = async <T>(options: KafkaOptions, work: (kafka: KafkaClient) => Promise<T>): Promise<T> => {
  const settings = await kafkaSettingsOf(options);
  try {
    // The client would go on trying for a minute before it says so.
    if (!(await checkBrokers(settings))) throw new UsageError(`no Kafka broker answers at ${settings.brokers.join(', ')}: check the address, or start it`);
    return await work(createKafka(settings, Logger.silent()));
  } catch (error) {
    const explained = explainKafkaError(error);
    throw explained instanceof RatchetError && /^(kafka|oauth)_/.test(explained.code) ? new UsageError(explained.message) : error;
  }
};

/** @throws {UsageError} where a topic does not exist; sending to it would wait for it in vain. */
export const requireTopics = async (kafka: KafkaClient, names: readonly string[]): Promise<void> => {
  const existing = new Set(await withAdmin(kafka, (admin) => admin.topicNames()));
  const missing = [...new Set(names)].filter((name) => !existing.has(name));
  if (missing.length > 0) throw new UsageError(`Kafka has no topic ${missing.join(', ')}: start Ratchet's services once, they create the topics`);
};
