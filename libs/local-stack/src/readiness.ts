import { setTimeout as sleep } from 'node:timers/promises';

import kafkajs from 'kafkajs';
import pg from 'pg';

import { LocalStackError } from './local-stack-error.js';
import { portAnswers } from './ports.js';

const retryMs = 100;

/**
 * Tries `check` until it succeeds, `ended` settles or the time is over.
 *
 * @throws {LocalStackError} `not_reachable` with the last failure; `service_failed` when the service ended.
 */
export async function waitUntilReady(input: {
  service: string;
  check: () => Promise<void>;
  timeoutMs: number;
  /** Settles when the service has ended, and with it the hope. */
  ended?: Promise<void>;
  /** Said with a failure: where to look. */
  advice: () => Promise<string>;
}): Promise<void> {
  const deadline = Date.now() + input.timeoutMs;
  let hasEnded = false;
  void input.ended?.then(() => (hasEnded = true));
  for (;;) {
    const failure = await input.check().then(
      () => undefined,
      (error: unknown) => error ?? new Error('unknown'),
    );
    if (failure === undefined) return;
    if (hasEnded) {
      const message = `${input.service} ended while it was starting. ${await input.advice()}`;
      throw new LocalStackError({ code: 'service_failed', message, cause: failure });
    }
    if (Date.now() > deadline) {
      const seconds = Math.round(input.timeoutMs / 1000);
      const reason = failure instanceof Error ? failure.message : String(failure);
      const message = `${input.service} did not answer within ${seconds} s (${reason}). ${await input.advice()}`;
      throw new LocalStackError({ code: 'not_reachable', message, cause: failure });
    }
    await sleep(retryMs);
  }
}

/** Succeeds when one of `brokers` accepts connections; for a Kafka whose security is not ours to know. */
export async function checkSomeBrokerListens(brokers: readonly string[]): Promise<void> {
  const answers = await Promise.all(
    brokers.map((broker) => {
      const colon = broker.lastIndexOf(':');
      const host = broker.slice(0, colon).replace(/^\[|\]$/g, '');
      return portAnswers({ host, port: Number(broker.slice(colon + 1)), timeoutMs: 2_000 });
    }),
  );
  if (!answers.includes(true)) throw new Error('no broker accepts connections');
}

/** Succeeds when the broker answers requests and its controller counts it as alive, so that topics can be created. */
export async function checkKafkaServes(broker: string): Promise<void> {
  // kafkajs is slow to give up on a closed port; asking the port first keeps the start quick.
  await checkSomeBrokerListens([broker]);
  const kafka = new kafkajs.Kafka({
    clientId: 'ratchet-local-stack',
    brokers: [broker],
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 0 },
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.listTopics();
    const { brokers } = await admin.describeCluster();
    if (brokers.length === 0) throw new Error('the controller has not admitted the broker yet');
  } finally {
    await admin.disconnect();
  }
}

/** Succeeds when PostgreSQL answers `select 1`. */
export async function checkPostgresServes(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end().catch(() => undefined);
  }
}
