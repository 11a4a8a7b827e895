// Goal: the loop turns for a user who starts it, and a product's own events are part of it. Method: the command line as a process, watched
// from outside through the topics, the console's API and its report. The tests are one story: each goes on where the last one ended.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeMessage, deadLetterTopicOf, topicCatalogue, topics } from '@ratchet/contracts';
import { auditRecorded } from '@ratchet/domain';
import type { AuditRecorded, Interaction } from '@ratchet/domain';
import { startStack } from '@ratchet/local-stack';
import { eventually, readAll, uniqueName } from '@ratchet/testing';
import type { ReadRecord } from '@ratchet/testing';
import kafkajs from 'kafkajs';
import type { Kafka, Producer } from 'kafkajs';
import { followChain } from './audit-chain.js';
import { startDemo } from './demo-run.js';
import type { DemoRun, Report } from './demo-run.js';
import { descendantsOf, runningProcesses } from './process-tree.js';
import type { RunningProcess } from './process-tree.js';

const INTERACTIONS = topics.interactions.name;
const dataDir = mkdtempSync(join(tmpdir(), 'ratchet-e2e-'));
const consoleShowsWithinMs = 2_000;
let demo: DemoRun;
let kafka: Kafka;
let producer: Producer;
let family: RunningProcess[] = [];
let report: Report;

const clientOf = (brokers: string): Kafka => {
  process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';
  process.env['KAFKA_BROKERS'] = brokers;
  return new kafkajs.Kafka({ clientId: 'a-product', brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING });
};

/** The first records that a topic holds. */
const someOf = async (topic: string, count: number): Promise<ReadRecord[]> => {
  const consumer = kafka.consumer({ groupId: uniqueName('e2e'), maxWaitTimeInMs: 100 });
  const records: ReadRecord[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message: { offset, timestamp, key, value, headers = {} } }) => {
      records.push({
        partition, offset: BigInt(offset), timestampMs: Number(timestamp), key: key?.toString() ?? null, value,
        headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
      });
    },
  });
  await eventually(() => expect(records.length).toBeGreaterThanOrEqual(count), { withinMs: 60_000 });
  await consumer.disconnect();
  return records;
};

const productInteraction = (): Interaction => ({
  interactionId: uniqueName('own'), conversationId: uniqueName('own'), model: 'a-product', workload: 'default', version: 'home-made', input: [{ role: 'user', content: 'Hello?' }],
  output: { content: 'Good morning.' }, startedAt: new Date().toISOString(), latencyMs: 5,
});
const eventHeaders = (id: string): Record<string, string> => ({
  'content-type': 'application/json', ce_specversion: '1.0', ce_id: id, ce_source: '/a-product', ce_type: 'ratchet.interaction.completed', ce_time: new Date().toISOString(),
});

const shownByConsole = async (interactionId: string): Promise<boolean> => {
  const response = await fetch(`${demo.consoleUrl}/api/interactions?limit=500`, { headers: { authorization: `Bearer ${demo.consoleToken}` } });
  const { interactions } = (await response.json()) as { interactions: { interactionId: string }[] };
  return interactions.some((shown) => shown.interactionId === interactionId);
};

beforeAll(async () => {
  demo = await startDemo({ dataDir, weeks: 1 });
  kafka = clientOf(demo.brokers);
  producer = kafka.producer();
  await producer.connect();
});

afterAll(async () => {
  await producer?.disconnect().catch(() => undefined);
  await demo?.process.end('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the loop', () => {
  it('has made every topic of the catalogue', async () => {
    const admin = kafka.admin();
    await admin.connect();
    expect(await admin.listTopics()).toEqual(expect.arrayContaining(topicCatalogue.map(({ name }) => name)));
    await admin.disconnect();
  });

  it('carries interactions as CloudEvents in binary mode, keyed by conversation', async () => {
    const records = await someOf(INTERACTIONS, 200);
    const interactions = records.filter(({ headers }) => headers['ce_type'] === 'ratchet.interaction.completed');
    expect(interactions.length).toBeGreaterThan(50);
    for (const { key, value, headers } of interactions) {
      expect(headers).toMatchObject({ ce_specversion: '1.0', 'content-type': 'application/json', ce_id: expect.any(String), ce_source: expect.any(String), ce_time: expect.any(String) });
      const decoded = decodeMessage({ value, headers }, INTERACTIONS);
      expect(decoded).toMatchObject({ ok: true, event: { data: { conversationId: key } } });
    }
  });

  it('shows a product\'s own event in the console within two seconds', async () => {
    const shown = await eventually(
      async () => {
        const sent = productInteraction();
        await producer.send({ topic: INTERACTIONS, messages: [{ key: sent.conversationId, value: JSON.stringify(sent), headers: eventHeaders(sent.interactionId) }] });
        await eventually(async () => expect(await shownByConsole(sent.interactionId)).toBe(true), { withinMs: consoleShowsWithinMs, everyMs: 30 });
        return sent;
      },
      // A machine that does everything at once may need another event.
      { withinMs: 30_000 },
    );
    expect(shown.model).toBe('a-product');
  });

  it('puts a broken event aside with its reason', async () => {
    const id = uniqueName('broken');
    await producer.send({ topic: INTERACTIONS, messages: [{ key: id, value: '{"interactionId":', headers: eventHeaders(id) }] });
    await eventually(
      async () => {
        const letter = (await readAll(deadLetterTopicOf(INTERACTIONS, 'signal-detector'))).find(({ key }) => key === id);
        expect(letter?.headers).toMatchObject({ ratchet_dlq_code: 'not_json', ratchet_dlq_topic: INTERACTIONS, ce_id: id });
        expect(letter?.headers['ratchet_dlq_message']).toMatch(/not JSON/);
        expect(letter?.value?.toString()).toBe('{"interactionId":');
      },
      { withinMs: 180_000, everyMs: 1_000 },
    );
  });

  it('goes on, and promotes a better version through every stage', async () => {
    family = descendantsOf(demo.process.pid);
    expect(family.length).toBeGreaterThan(10);
    const code = await demo.process.ended();
    report = demo.report();
    const [week] = report.weeks;
    expect({ code, result: week?.result, said: demo.process.output().slice(code === 0 ? -1 : -6_000) }).toEqual({ code: 0, result: 'promoted', said: '\n' });
    expect(report).toMatchObject({ promoted: 1, improved: true, domainsBelow98: [] });
    expect(week?.gates.filter(({ required }) => required).map(({ name, verdict }) => [name, verdict])).toEqual([
      ['target_improvement', 'passed'],
      ['no_regression', 'passed'],
      ['safety_pass', 'passed'],
    ]);
    const shares = week?.stages.filter(({ to }) => to.startsWith('RUNNING')).map(({ share }) => share) ?? [];
    // In the last stage a part stays with the champion to compare with.
    expect([...new Set(shares)]).toEqual([0.01, 0.05, 0.25, 0.5, 0.95]);
    expect(week?.stages.at(-1)?.to).toBe('RUNNING(5)');
    expect(Math.max(...(week?.stages.map(({ candidateUnits }) => candidateUnits) ?? []))).toBeGreaterThan(100);
    expect(week?.traffic.errors).toBe(0);
  });

  it('gives better answers to questions that it had not seen', () => {
    const [week] = report.weeks;
    const share = (of: { right: number; n: number } | undefined): number => (of ? of.right / of.n : NaN);
    expect(share(week?.accuracy.after.overall)).toBeGreaterThan(share(week?.accuracy.before.overall));
  });

  it('leaves nothing running', async () => {
    await eventually(() => {
      const running = runningProcesses();
      const left = family.filter(({ pid, command }) => running.some((other) => other.pid === pid && other.command === command));
      expect([...left, ...running.filter(({ command }) => command.includes(dataDir))]).toEqual([]);
    });
  });

  it('has put each cycle on the record once, in a chain that an auditor can follow', async () => {
    const stack = await startStack({ dataDir: join(dataDir, 'stack'), env: { ...process.env, KAFKA_BROKERS: '', DATABASE_URL: '' } });
    try {
      kafka = clientOf(stack.kafkaBrokers.join(','));
      const recorded = (await readAll(topics.audit.name)).filter(({ headers }) => headers['ce_type'] === auditRecorded.type).map(({ value }) => JSON.parse(String(value)) as AuditRecorded);
      const ids = recorded.map(({ record }) => record.cycle_id);
      expect(new Set(ids).size).toBe(ids.length);
      // On a machine that does everything at once a week may need another cycle, after one that had too little to judge by.
      expect(ids.slice(-report.weeks.length)).toEqual(report.weeks.map(({ cycleId }) => cycleId));
      const [promoted] = recorded.slice(-report.weeks.length);
      expect(promoted?.record.deployment_decision).toContain(`promoted ${report.weeks[0]?.version}`);
      expect(() => followChain(recorded)).not.toThrow();
    } finally {
      await stack.stop();
    }
  });
});
