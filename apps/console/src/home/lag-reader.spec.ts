import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { lagSchema, services } from '@ratchet/console-api';
import { topicCatalogue } from '@ratchet/contracts';
import type { KafkaClient } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { LagReader } from './lag-reader.js';

const TOPIC = 'ratchet.signals.v1';

/** A broker with one group that has read up to 100 of `end()` records. */
const brokerOf = (end: () => bigint, groupId = 'analyzer') => {
  const asked = { times: 0 };
  const admin = {
    connect: async () => void (asked.times += 1),
    disconnect: async () => undefined,
    topicNames: async () => [TOPIC],
    groupIds: async () => [groupId, 'somebody else'],
    groupStates: async () => [{ groupId, state: 'Stable', members: 2 }],
    positions: async () => [{ topic: TOPIC, partition: 0, offset: 100n }],
    bounds: async () => [{ partition: 0, low: 0n, high: end() }],
  };
  return { asked, reader: new LagReader({ admin: () => admin } as unknown as KafkaClient, Logger.silent()) };
};
const lagOf = async (reader: LagReader, nowMs: number, service = 'analyzer') => (await reader.read(nowMs)).services.find((one) => one.service === service);

describe('services that the lag is told of', () => {
  it('read as groups where the catalogue of topics says that they consume, but for the gateway', () => {
    const consumers = new Set(topicCatalogue.flatMap((topic) => topic.consumers));
    const known = new Set<string>(services.map(({ name }) => name));
    expect([...consumers].filter((name) => !known.has(name)).sort()).toEqual(['auditors', 'cli', 'downstream teams']);
    expect(services.filter(({ name, reads }) => consumers.has(name) !== (reads !== 'nothing'))).toEqual([]);
  });
});

describe('the lag of services', () => {
  afterEach(() => void jest.useRealTimers());

  it('names every service, those that keep no position and those that nobody has started among them', async () => {
    const answer = await brokerOf(() => 130n).reader.read(1_000);
    expect(lagSchema.parse(answer)).toEqual(answer);
    const of = (name: string) => answer.services.find(({ service }) => service === name);
    expect(answer.services.map(({ service }) => service)).toEqual(services.map(({ name }) => name));
    expect(of('analyzer')).toEqual({ service: 'analyzer', reads: 'group', members: 2, state: 'Stable', lag: 30, earlierLag: null, topics: [{ topic: TOPIC, lag: 30 }] });
    expect([of('evaluator'), of('gateway')]).toMatchObject([{ reads: 'group', members: 0, state: 'None', lag: null }, { reads: 'table', lag: null }]);
  });

  it('comes with what it was up to a minute before', async () => {
    let end = 150n;
    const { reader } = brokerOf(() => end);
    await reader.read(0);
    end = 900n;
    expect(await lagOf(reader, 30_000)).toMatchObject({ lag: 800, earlierLag: 50 });
    expect(await lagOf(reader, 80_000)).toMatchObject({ earlierLag: 800 });
  });

  it('is asked of the brokers once for all who want it at about the same time', async () => {
    const { reader, asked } = brokerOf(() => 100n);
    await Promise.all([reader.read(0), reader.read(10), reader.read(2_000)]);
    await reader.read(2_999);
    expect(asked.times).toBe(1);
    await reader.read(3_000);
    expect(asked.times).toBe(2);
  });

  it('is not told where brokers fail, and never an old one as if it were new', async () => {
    let isAway = false;
    const { reader } = brokerOf(() => {
      if (isAway) throw new Error('no broker');
      return 100n;
    });
    await reader.read(0);
    isAway = true;
    expect(await reader.read(5_000)).toEqual({ readAt: null, earlierAt: null, services: [] });
  });

  it('is not waited for without end', async () => {
    jest.useFakeTimers();
    const reader = new LagReader({ admin: () => ({ connect: () => new Promise(() => undefined) }) } as unknown as KafkaClient, Logger.silent());
    const answer = reader.read(0);
    await jest.advanceTimersByTimeAsync(8_000);
    expect((await answer).readAt).toBeNull();
  });
});
