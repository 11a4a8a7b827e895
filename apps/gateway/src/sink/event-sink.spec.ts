import { mkdtemp, rm, writeFile, appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { Logger, Metrics } from '@ratchet/observability';
import { EventSink, type EventSinkOptions } from './event-sink.js';
import { InMemoryRecordSender } from './in-memory-record-sender.js';
import { Spool } from './spool.js';

const event = (id: number | string): EventEnvelope => ({
  id: `e${id}`,
  source: '/test',
  type: 'ratchet.conversation.ended',
  time: '2026-01-01T00:00:00Z',
  data: { conversationId: 'c1', endedAt: '2026-01-01T00:00:00Z' },
});
const ids = (count: number): string[] => Array.from({ length: count }, (_, at) => `e${at}`);
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

let folder: string;
let sender: InMemoryRecordSender;
let metrics: Metrics;
let sink: EventSink;

const open = async ({ bytesMax = 10_000_000, ...options }: Partial<EventSinkOptions> & { bytesMax?: number } = {}): Promise<void> => {
  metrics = new Metrics();
  sink = new EventSink({ sender, spool: await Spool.open({ folder, bytesMax }), logger: Logger.silent(), metrics, lingerMs: 2, sendTimeoutMs: 60_000, retryMs: 2, ...options });
};
const sentIds = (): (string | undefined)[] => sender.records.map(({ headers }) => headers['ce_id']);
const away = (): Promise<void> => Promise.reject(new Error('no broker'));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sink-'));
  sender = new InMemoryRecordSender();
});
afterEach(() => rm(folder, { recursive: true }));

describe('EventSink', () => {
  it('sends events in order, several in a batch', async () => {
    await open({ batchEventsMax: 40 });
    for (let at = 0; at < 100; at += 1) expect(sink.add(event(at))).toBe(true);
    await sink.close();
    expect(sentIds()).toEqual(ids(100));
    expect(sender.batches.map(({ length }) => length)).toEqual([40, 40, 20]);
  });

  it('keeps the order across an outage, and loses and repeats nothing', async () => {
    await open({ batchEventsMax: 10 });
    for (let at = 0; at < 300; at += 1) {
      if (at === 50) sender.before = away;
      if (at === 200) sender.before = () => undefined;
      sink.add(event(at));
      if (at % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
      if (at === 100) await until(() => sink.isSpooling);
    }
    await until(() => sender.records.length >= 300 && !sink.isSpooling);
    await sink.close();
    expect(sentIds()).toEqual(ids(300));
  });

  it('sends at the next start what an earlier run could not, before anything new', async () => {
    sender.before = away;
    await open();
    for (let at = 0; at < 20; at += 1) sink.add(event(at));
    await sink.close();
    expect(sender.records).toEqual([]);
    sender.before = () => undefined;
    await open({ batchEventsMax: 7 });
    for (let at = 20; at < 30; at += 1) sink.add(event(at));
    await until(() => sender.records.length >= 30);
    await sink.close();
    expect(sentIds()).toEqual(ids(30));
  });

  it('does not repeat a slow batch that Kafka took after all', async () => {
    let answer = (): void => undefined;
    sender.before = () => new Promise<void>((resolve) => (answer = resolve));
    await open({ sendTimeoutMs: 5 });
    sink.add(event(0));
    await until(() => sink.isSpooling);
    sink.add(event(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    sender.before = () => undefined;
    answer();
    await until(() => sender.records.length === 2);
    await sink.close();
    expect(sentIds()).toEqual(['e0', 'e1']);
  });

  it('tells a publisher whether Kafka acknowledged, and spools nothing of what it refused', async () => {
    await open();
    await sink.publish([event(0), event(1)]);
    expect(sentIds()).toEqual(['e0', 'e1']);
    sender.before = away;
    await expect(sink.publish([event(2)])).rejects.toMatchObject({ code: 'kafka_unavailable', retryable: true });
    expect(sink.isSpooling).toBe(false);
    sender.before = () => undefined;
    await sink.publish([event(3)]);
    await sink.close();
    expect(sentIds()).toEqual(['e0', 'e1', 'e3']);
  });

  it('refuses publishers while events wait on disk', async () => {
    sender.before = away;
    await open({ retryMs: 60_000 });
    sink.add(event(0));
    await until(() => sink.isSpooling);
    await expect(sink.publish([event(1)])).rejects.toMatchObject({ code: 'kafka_unavailable' });
    await sink.close();
  });

  it('counts what finds no room, and keeps what did', async () => {
    sender.before = away;
    await open({ bytesMax: 1_000 });
    for (let at = 0; at < 20; at += 1) sink.add(event(at));
    await sink.close();
    const lost = Number(/reason="spool_full"\} (\d+)/u.exec(await metrics.registry.metrics())?.[1]);
    expect(lost).toBeGreaterThan(0);
    sender.before = () => undefined;
    await open();
    await until(() => !sink.isSpooling);
    await sink.close();
    expect(sentIds()).toEqual(ids(20 - lost));
  });

  it('gives up the one event that Kafka refuses for good, and sends the others', async () => {
    await open();
    const sendRecords = sender.sendRecords.bind(sender);
    sender.sendRecords = async (records) => {
      if (records.some(({ headers }) => headers['ce_id'] === 'e2')) throw Object.assign(new Error('refused'), { type: 'MESSAGE_TOO_LARGE' });
      await sendRecords(records);
    };
    for (let at = 0; at < 5; at += 1) sink.add(event(at));
    await sink.close();
    expect(sentIds()).toEqual(['e0', 'e1', 'e3', 'e4']);
    expect(await metrics.registry.metrics()).toContain('ratchet_gateway_events_lost_total{reason="refused_by_kafka"} 1');
  });
});

describe('Spool', () => {
  const encoded = (id: string) => ({ topic: 't', key: 'k', value: `"${id}"`, headers: { ce_id: id } });

  it('cuts off a torn last line', async () => {
    const spool = await Spool.open({ folder, bytesMax: 10_000 });
    await spool.append([encoded('a'), encoded('b')]);
    await spool.close();
    await appendFile(join(folder, 'spool.jsonl'), '{"topic":"t","key"');
    const again = await Spool.open({ folder, bytesMax: 10_000 });
    await again.append([encoded('c')]);
    expect((await again.peek(10)).events.map(({ key, value }) => key + value)).toEqual(['k"a"', 'k"b"', 'k"c"']);
    await again.close();
  });

  it('goes on after what was sent, and starts from nothing once all was', async () => {
    const spool = await Spool.open({ folder, bytesMax: 10_000 });
    await spool.append([encoded('ä'), encoded('b'), encoded('c')]);
    await spool.advance((await spool.peek(1)).end);
    await spool.close();
    const again = await Spool.open({ folder, bytesMax: 10_000 });
    const rest = await again.peek(10);
    expect(rest.events.map(({ headers }) => headers['ce_id'])).toEqual(['b', 'c']);
    await again.advance(rest.end);
    expect([again.isEmpty, again.end]).toEqual([true, 0]);
    await again.close();
  });

  it('takes a position past the end as: all was sent', async () => {
    await writeFile(join(folder, 'spool.position'), '500');
    const spool = await Spool.open({ folder, bytesMax: 10_000 });
    await spool.append([encoded('a')]);
    await spool.close();
    const again = await Spool.open({ folder, bytesMax: 10_000 });
    expect((await again.peek(10)).events).toHaveLength(1);
    await again.close();
  });
});
