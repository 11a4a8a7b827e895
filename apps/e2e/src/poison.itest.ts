// Goal: no record, whatever its bytes, stops a service or is lost. Method: every kind of broken record into every topic that a service reads,
// with a good one right behind; the services are processes of the built code. What was put aside is compared byte by byte.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopicOf, topicCatalogue, topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { createKafka, ensureTopics } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { createTopics, eventually, withAdmin } from '@ratchet/testing';
import type { KafkaMessage } from 'kafkajs';
import pg from 'pg';
import { ChaosStack } from './chaos/chaos-stack.js';
import { chaosServices, makeFleet } from './chaos/fleet.js';
import type { ManagedService } from './chaos/managed-service.js';
import { fiveMegabytes, poisonsOf, rawOf } from './poison/poisons.js';
import type { Poison } from './poison/poisons.js';
import { RawWriter, readRaw } from './poison/raw-topics.js';
import { samplesByTopic } from './poison/sample-events.js';
import type { TopicSamples } from './poison/sample-events.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'ratchet-poison-'));
const stack = new ChaosStack(join(dataDir, 'stack'), () => undefined);
/** These take more than a topic does by default. */
const widened = [topics.interactions.name, topics.datasets.name];
const EIGHT_MEGABYTES = 8 * 1_024 * 1_024;
const HANDLED_WITHIN_MS = 20_000;
const EXTRA_MS_MAX = 1_000;
let fleet: ManagedService[] = [];
let writer: RawWriter;
let database: pg.Pool;
let letters: Map<string, KafkaMessage[]>;

const withDeadLetters = ({ samples }: TopicSamples): string[] => samples.flatMap(({ services }) => services).filter((service) => service !== 'gateway');
const poisonsFor = ({ topic, samples }: TopicSamples): Poison[] => {
  const good = samples[0]?.make ?? (() => { throw new Error('a topic without a sample'); });
  return [...poisonsOf(good, { isCompacted: topic.cleanup === 'compact' }), ...(widened.includes(topic.name) ? [fiveMegabytes(good)] : [])];
};
/** What has been written, by topic. */
const written = new Map<string, Poison[]>();
const poisonsIn = (topic: string): Poison[] => written.get(topic) ?? [];

const metricsOf = async (service: string): Promise<string> => {
  const found = fleet.find(({ options }) => options.service === service);
  return (await fetch(`${found?.url}/metrics`)).text();
};

const schemaOf = (service: string): string => service.replaceAll('-', '_');

/** The inbox is what a service with a database says it has handled; the others are known by what they put out. */
const hasHandled = async (service: string, event: EventEnvelope): Promise<boolean> => {
  if (service === 'signal-detector') return detectorIsAtEnd();
  if (service === 'gateway') return (await metricsOf(service)).includes(`ratchet_gateway_routing_revision{model="poisoned",workload="default"} ${(event.data as { revision: number }).revision}`);
  return (await database.query(`select 1 from ${schemaOf(service)}.inbox where event_id = $1`, [event.id])).rowCount === 1;
};

const detectorIsAtEnd = (): Promise<boolean> =>
  withAdmin(async (admin) => {
    const end = (await admin.fetchTopicOffsets(topics.interactions.name)).find(({ partition }) => partition === 0);
    const at = (await admin.fetchOffsets({ groupId: 'signal-detector', topics: [topics.interactions.name] }))[0]?.partitions.find(({ partition }) => partition === 0);
    // Behind the last record there may be a marker of a transaction.
    return Number(at?.offset ?? -1) >= Number(end?.high ?? 0) - 1;
  });

/** Milliseconds until each service has handled its event. */
const handled = async ({ samples }: TopicSamples, events: readonly EventEnvelope[]): Promise<Record<string, number>> => {
  const startedAt = performance.now();
  const times = samples.flatMap(({ services }, i) => services.map(async (service) => {
    await eventually(async () => { if (!(await hasHandled(service, events[i] as EventEnvelope))) throw new Error(`${service} has not handled ${events[i]?.id}`); }, { withinMs: HANDLED_WITHIN_MS, everyMs: 20 });
    return [service, performance.now() - startedAt] as const;
  }));
  return Object.fromEntries(await Promise.all(times));
};

const sendGood = async (entry: TopicSamples, before: readonly Poison[] = []): Promise<Record<string, number>> => {
  const events = entry.samples.map(({ make }) => make());
  await writer.write(entry.topic.name, before.map(({ record }) => record));
  written.set(entry.topic.name, [...poisonsIn(entry.topic.name), ...before]);
  await writer.write(entry.topic.name, events.map(rawOf));
  return handled(entry, events);
};

beforeAll(async () => {
  await stack.start();
  process.env['KAFKA_BROKERS'] = stack.brokers.join(',');
  const configEntries = [{ name: 'max.message.bytes', value: String(EIGHT_MEGABYTES) }];
  await createTopics(
    topicCatalogue.filter(({ name }) => widened.includes(name)).map(({ name, partitions, timestamps, retentionMs }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor: 1,
      configEntries: [...configEntries, { name: 'message.timestamp.type', value: timestamps }, { name: 'retention.ms', value: String(retentionMs) }],
    })),
  );
  const made = await makeFleet({ root, dataDir, brokers: stack.brokers, databaseUrl: stack.databaseUrl, env: { evaluator: { SAMPLE_RATE: '1' }, 'data-generator': { TRAFFIC_SAMPLE_SHARE: '1' }, 'signal-detector': { FETCH_WAIT_MS: '50', FETCH_BYTES_MIN: '1' } } });
  await ensureTopics(createKafka({ brokers: stack.brokers, clientId: 'poison' }, Logger.silent()), { catalogue: topicCatalogue, replicationFactor: 1, services: chaosServices });
  fleet = made.filter(({ name }) => name !== 'model-server' && name !== 'signal-detector-b');
  for (const service of fleet) service.start();
  await Promise.all(fleet.map((service) => service.untilReady()));
  writer = new RawWriter();
  await writer.connect();
  database = new pg.Pool({ connectionString: stack.databaseUrl, max: 4 });
}, 180_000);

afterAll(async () => {
  await writer?.close();
  await database?.end();
  await Promise.all(fleet.map((service) => service.stop()));
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

describe('poison', () => {
  it.each(samplesByTopic.map((entry) => [entry.topic.name, entry] as const))('in %s holds up no good record behind it for a second', async (_name, entry) => {
    await sendGood(entry);
    const usual = await sendGood(entry);
    const heldUp = async (): Promise<string[]> => {
      const behind = await sendGood(entry, poisonsFor(entry));
      return Object.entries(behind).filter(([service, ms]) => ms - (usual[service] ?? 0) >= EXTRA_MS_MAX).map(([service, ms]) => `${service}: ${Math.round(ms)} ms, usually ${Math.round(usual[service] ?? 0)} ms`);
    };
    // A machine with other things to do may be slow once; what is held up by a record is held up each time.
    await eventually(async () => expect(await heldUp()).toEqual([]), { withinMs: 20_000, everyMs: 500 });
  });

  it('is put aside once for each service that reads the topic, as it was', async () => {
    const names = samplesByTopic.flatMap((entry) => withDeadLetters(entry).map((service) => deadLetterTopicOf(entry.topic.name, service)));
    letters = await readRaw(names);
    for (const entry of samplesByTopic) {
      const expected = poisonsIn(entry.topic.name).filter(({ code }) => code !== undefined);
      for (const service of withDeadLetters(entry)) {
        const found = letters.get(deadLetterTopicOf(entry.topic.name, service)) ?? [];
        expect({ topic: entry.topic.name, service, codes: found.map(({ headers }) => String(headers?.['ratchet_dlq_code'])) }).toEqual({ topic: entry.topic.name, service, codes: expected.map(({ code }) => code) });
        found.forEach(({ key, value, headers }, i) => {
          const original = expected[i]?.record;
          expect(key?.toString() ?? null).toBe(original?.key ?? null);
          expect(value === null ? null : Buffer.compare(value, original?.value ?? Buffer.alloc(0))).toBe(original?.value === null ? null : 0);
          for (const [name, bytes] of Object.entries(original?.headers ?? {})) expect(headers?.[name]).toEqual(Buffer.from(bytes as string));
          expect(String(headers?.['ratchet_dlq_topic'])).toBe(entry.topic.name);
        });
      }
    }
  });

  it('is counted by its service, topic and code', async () => {
    for (const entry of samplesByTopic) {
      const codes = poisonsIn(entry.topic.name).flatMap(({ code }) => code ?? []);
      const expected = Object.fromEntries([...Map.groupBy(codes, (code) => code)].map(([code, same]) => [code, same.length]));
      for (const service of withDeadLetters(entry)) {
        const lines = [...(await metricsOf(service)).matchAll(/^ratchet_dead_letters_total\{([^}]*)\} (\d+)/gm)].filter(([, labels]) => labels?.includes(`topic="${entry.topic.name}"`));
        const counted = Object.fromEntries(lines.map(([, labels, count]) => [/code="([^"]+)"/.exec(labels ?? '')?.[1] ?? '', Number(count)]));
        // The detector counts as it reads, and reads again what a failed transaction undid.
        const once = service === 'signal-detector' ? Object.fromEntries(Object.entries(counted).map(([code, count]) => [code, Math.min(count, expected[code] ?? 0)])) : counted;
        expect({ topic: entry.topic.name, service, counted: once }).toEqual({ topic: entry.topic.name, service, counted: expected });
      }
    }
  });

  it('is handled where it is only odd: no key, an event id that no database can index', async () => {
    const services = [...new Set(samplesByTopic.flatMap(withDeadLetters))].filter((service) => service !== 'signal-detector');
    for (const service of services) {
      // The records are made of a topic's first event, which not every service looks at.
      const read = samplesByTopic.filter(({ samples }) => samples[0]?.services.includes(service)).flatMap(({ topic }) => poisonsIn(topic.name)).filter(({ code }) => code === undefined);
      const withoutKey = read.filter(({ record }) => record.key === null).map(({ record }) => String(record.headers['ce_id']));
      const { rows } = await database.query<{ event_id: string }>(`select event_id from ${schemaOf(service)}.inbox where event_id = any($1) or event_id like 'sha256:%'`, [withoutKey]);
      expect({ service, handled: rows.length, ...(withoutKey.length > 0 && { found: withoutKey.every((id) => rows.some(({ event_id }) => event_id === id)) }) }).toEqual({ service, handled: read.length, ...(withoutKey.length > 0 && { found: true }) });
    }
  });
});
