import { join } from 'node:path';
import { topicCatalogue, topics } from '@ratchet/contracts';
import { createKafka, ensureTopics, EventProducer } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { readAll } from '@ratchet/testing';
import type { ReadRecord } from '@ratchet/testing';
import { ChaosStack } from './chaos-stack.js';
import { compareItems } from './comparison.js';
import type { Comparison } from './comparison.js';
import { makeFleet } from './fleet.js';
import { ENDED } from './product.js';

const RECORDS_AT_ONCE = 500;

/**
 * What is said of conversations that an event ended, by id and content. The moment at which something was noticed is left out: stream time
 * comes from the clock too, and that is the one thing in which two runs differ.
 */
export const saidOfEnded = (signals: readonly ReadRecord[]): string[] =>
  signals.flatMap(({ headers, value }) => {
    const said = JSON.parse(String(value)) as { readonly workload: string };
    if (headers['ce_source'] !== '/ratchet/signal-detector' || said.workload !== ENDED) return [];
    return [`${headers['ce_id']} ${JSON.stringify({ ...said, closedAt: undefined, detectedAt: undefined })}`];
  });

interface CleanRunOptions {
  readonly root: string;
  readonly dataDir: string;
  /** The log of the disturbed run; what the detector itself put in is left out. */
  readonly log: readonly ReadRecord[];
  readonly detectorEnv: Readonly<Record<string, string>>;
  readonly untilSettled: () => Promise<unknown>;
  readonly say: (text: string) => void;
}

const writeLog = async (producer: EventProducer, log: readonly ReadRecord[]): Promise<void> => {
  const input = log.filter(({ headers }) => headers['ce_type'] !== 'ratchet.clock.advanced');
  for (let from = 0; from < input.length; from += RECORDS_AT_ONCE) {
    await producer.sendRecords(input.slice(from, from + RECORDS_AT_ONCE).map(({ partition, key, value, headers }) => ({ topic: topics.interactions.name, partition, key, value, headers: { ...headers } })));
  }
};

/** The same input once more, into a clean stack, read by one detector that nothing disturbs. */
export const compareWithCleanRun = async ({ root, dataDir, log, detectorEnv, untilSettled, say }: CleanRunOptions, disturbed: readonly ReadRecord[]): Promise<Comparison> => {
  const stack = new ChaosStack(join(dataDir, 'clean-stack'), say);
  const fleet: Awaited<ReturnType<typeof makeFleet>> = [];
  try {
    await stack.start();
    process.env['KAFKA_BROKERS'] = stack.brokers.join(',');
    const kafka = createKafka({ brokers: stack.brokers, clientId: 'chaos' }, Logger.silent());
    await ensureTopics(kafka, { catalogue: topicCatalogue, replicationFactor: 1, services: ['signal-detector'] });
    const producer = new EventProducer(kafka);
    await writeLog(producer, log);
    await producer.close();
    const all = await makeFleet({ root, dataDir: join(dataDir, 'clean'), brokers: stack.brokers, databaseUrl: stack.databaseUrl, env: { 'signal-detector': detectorEnv } });
    fleet.push(...all.filter(({ name }) => name === 'signal-detector-a'));
    for (const service of fleet) service.start();
    await untilSettled();
    await Promise.all(fleet.map((service) => service.stop()));
    return compareItems('an undisturbed run of the process: signals and failures of conversations that an event ended', { expected: saidOfEnded(await readAll(topics.signals.name)), actual: saidOfEnded(disturbed) });
  } finally {
    await Promise.all(fleet.map((service) => service.stop()));
    await stack.stop();
  }
};
