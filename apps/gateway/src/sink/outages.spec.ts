import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { Logger, Metrics } from '@ratchet/observability';
import { EventSink, type EventSinkOptions } from './event-sink.js';
import { InMemoryRecordSender } from './in-memory-record-sender.js';
import { Spool } from './spool.js';

const event = (id: number): EventEnvelope => ({ id: `e${id}`, source: '/test', type: 'ratchet.conversation.ended', time: '2026-01-01T00:00:00Z', data: { conversationId: 'c1', endedAt: '2026-01-01T00:00:00Z' } });
const ids = (count: number): string[] => Array.from({ length: count }, (_, at) => `e${at}`);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(2);
};
const sentIds = (sender: InMemoryRecordSender): (string | undefined)[] => sender.records.map(({ headers }) => headers['ce_id']);

let folder: string;
let sender: InMemoryRecordSender;
let metrics: Metrics;
let spool: Spool;

const open = async ({ bytesMax = 10_000_000, ...options }: Partial<EventSinkOptions> & { bytesMax?: number } = {}): Promise<EventSink> => {
  metrics = new Metrics();
  spool = await Spool.open({ folder, bytesMax });
  return new EventSink({ sender, spool, logger: Logger.silent(), metrics, lingerMs: 1, sendTimeoutMs: 60_000, retryMs: 2, ...options });
};
const lostEvents = async (): Promise<number> => [...(await metrics.registry.metrics()).matchAll(/events_lost_total\{.*\} (\d+)/gu)].reduce((sum, [, count]) => sum + Number(count), 0);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outages-'));
  sender = new InMemoryRecordSender();
});
afterEach(() => rm(folder, { recursive: true }));

describe('while Kafka is slow', () => {
  it('what comes faster than it is acknowledged goes over the disk, in order, and nothing is lost or repeated', async () => {
    sender.before = () => sleep(4);
    const sink = await open({ batchEventsMax: 20, bufferEventsMax: 400, sendTimeoutMs: 2 });
    let spooled = false;
    for (let at = 0; at < 600; at += 1) {
      expect(sink.add(event(at))).toBe(true);
      spooled ||= sink.isSpooling;
      if (at % 20 === 0) await sleep(1);
    }
    await until(() => sender.records.length >= 600);
    await sink.close();
    expect([sentIds(sender), spooled, await lostEvents()]).toEqual([ids(600), true, 0]);
  });

  it('the spool is as small as what waits, however much has gone through it', async () => {
    sender.before = () => Promise.reject(new Error('no broker'));
    const sink = await open({ batchEventsMax: 4, bytesMax: 5_000 });
    let added = 0;
    for (let at = 0; at < 6; at += 1) sink.add(event(added++));
    await until(() => sink.isSpooling);
    sender.before = () => sleep(1);
    while (added < 100) {
      while (added < 100 && added - sender.records.length < 8) sink.add(event(added++));
      await sleep(1);
      expect((await stat(join(folder, 'spool.jsonl'))).size).toBeLessThanOrEqual(5_000);
    }
    await until(() => sender.records.length > 99);
    await sink.close();
    expect([sentIds(sender), await lostEvents()]).toEqual([ids(100), 0]);
  });

  it('memory is bounded by bytes as well', async () => {
    sender.before = () => new Promise(() => undefined);
    const size = 110;
    const sink = await open({ bufferBytesMax: 10 * size, sendTimeoutMs: 20 });
    const taken = Array.from({ length: 100 }, (_, at) => sink.add(event(at))).filter(Boolean).length;
    expect(taken).toBeGreaterThan(15);
    expect(taken).toBeLessThan(60);
    expect(await lostEvents()).toBe(100 - taken);
    await sink.close();
  });
});

describe('Spool.compact', () => {
  const encoded = (id: string) => ({ topic: 't', key: 'k', value: `"${id}"`, headers: { ce_id: id } });
  const lineBytes = Buffer.byteLength(`${JSON.stringify(encoded('a'))}\n`);
  const left = async (of: Spool): Promise<(string | undefined)[]> => (await of.peek(100)).events.map(({ headers }) => headers['ce_id']);

  it('makes room for new events out of that of sent ones, and places stay what they were', async () => {
    const one = await Spool.open({ folder, bytesMax: 4 * lineBytes });
    await one.append(['a', 'b', 'c', 'd'].map(encoded));
    const { end } = await one.peek(2);
    expect(await one.append([encoded('e')])).toBe(1);
    await one.advance((await one.peek(1)).end);
    expect(await one.append([encoded('e')])).toBe(0);
    // What was in flight meanwhile was read at the old place.
    await one.advance(end);
    expect(await left(one)).toEqual(['c', 'd', 'e']);
    await one.close();
    const again = await Spool.open({ folder, bytesMax: 4 * lineBytes });
    expect(await left(again)).toEqual(['c', 'd', 'e']);
    await again.close();
  });
});

describe('when the disk or the process fails', () => {
  it('events wait in memory while the disk is full, and go on when it is not', async () => {
    sender.before = () => Promise.reject(new Error('no broker'));
    const sink = await open();
    const append = spool.append.bind(spool);
    let full = true;
    let refused = 0;
    spool.append = async (events) => {
      if (!full) return append(events);
      refused += 1;
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    for (let at = 0; at < 30; at += 1) sink.add(event(at));
    await until(() => refused > 2);
    full = false;
    sender.before = () => undefined;
    await until(() => sender.records.length >= 30);
    await sink.close();
    expect([[...new Set(sentIds(sender))], await lostEvents()]).toEqual([ids(30), 0]);
  });

  it('what was on disk at any moment of an outage is sent by the next process, under the same ids and in order', async () => {
    sender.before = () => Promise.reject(new Error('no broker'));
    const sink = await open({ batchEventsMax: 5 });
    const moments: { copy: string; atLeast: number }[] = [];
    for (let at = 0; at < 60; at += 1) {
      sink.add(event(at));
      if (at % 15 !== 14) continue;
      while ((await readFile(join(folder, 'spool.jsonl'), 'utf8')).split('\n').length <= at + 1) await sleep(2);
      // A copy of the files is what a process finds that follows one that was killed.
      const copy = `${folder}-${at}`;
      await cp(folder, copy, { recursive: true });
      moments.push({ copy, atLeast: at });
    }
    await sink.close();
    for (const { copy, atLeast } of moments) {
      const next = new InMemoryRecordSender();
      const restarted = new EventSink({ sender: next, spool: await Spool.open({ folder: copy, bytesMax: 1e6 }), logger: Logger.silent(), metrics: new Metrics(), lingerMs: 1, sendTimeoutMs: 1_000, retryMs: 2 });
      await until(() => !restarted.isSpooling);
      await restarted.close();
      expect(sentIds(next)).toEqual(ids(atLeast + 1));
      await rm(copy, { recursive: true });
    }
  });
});
