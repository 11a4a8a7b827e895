// Goal: what was published can be sent again for a day, once, as it was. Method: a relay whose broker is a list; the clock of the generations is set back by hand.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogueEntryOf, topics } from '@ratchet/contracts';
import type { EventDefinition } from '@ratchet/contracts';
import { Logger } from '@ratchet/observability';
import { createTestDatabase, eventually } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { Database } from './database.js';
import { OutboxRelay } from './outbox.js';
import { forgetSentEvents, rotateSentEvents, sendAgain } from './sent-events.js';

const TOPIC = topics.candidates.name;
const trainingFailed = catalogueEntryOf('ratchet.training.failed')?.definition as EventDefinition;
const logger = Logger.silent();
let server: TestDatabase;
let database: Database;
let relay: OutboxRelay | undefined;
const sent: string[] = [];

const relayThatKeeps = (...kept: string[]): void => {
  relay = new OutboxRelay({ database, logger, kept, send: async (records) => void sent.push(...records.map(({ key, headers }) => `${String(key)} ${String(headers['ce_id'])}`)) });
  relay.start();
};
const emit = (...keys: string[]): Promise<void> =>
  database.transaction(async (tx) => {
    for (const key of keys) tx.emit(trainingFailed, { cycleId: key, model: 'm', workload: 'w', trainingRunId: 'r', baseVersion: 'v1', reason: 'r', failedAt: '2026-01-01T00:00:00Z' }, { id: `id-${key}` });
  });
const settled = (): Promise<void> => eventually(async () => expect(await database.query('select 1 from outbox')).toEqual([]));
const again = (topic = TOPIC): Promise<number> => database.transaction((tx) => sendAgain(tx, topic));
const aDayLater = (): Promise<unknown> => database.query(`update sent_events_generation set began_at = began_at - interval '24 hours'`);
const keptKeys = async (): Promise<unknown[]> => (await database.query<{ key: unknown }>('select key from sent_events order by sequence')).map(({ key }) => key);

beforeAll(async () => {
  server = await createTestDatabase('sent-events');
  database = new Database({ url: server.url, service: 'trainer-dispatcher', migrations: [] });
  await database.start();
});
beforeEach(async () => {
  sent.length = 0;
  await database.query('truncate sent_events, outbox');
  await database.query(`update sent_events_generation set forgotten_until = '-infinity'`);
});
afterEach(async () => {
  await relay?.stop();
});
afterAll(async () => {
  await database?.stop();
  await server?.drop();
});

describe('events that were published', () => {
  it('are sent again as they were, in their order, before what waits', async () => {
    relayThatKeeps(TOPIC);
    await emit('a', 'b');
    await emit('c');
    await settled();
    await relay?.stop();
    await emit('d');
    expect(await again('another')).toBe(0);
    expect(await again()).toBe(3);
    // They are on their way now, and only once.
    expect(await again()).toBe(0);
    relayThatKeeps(TOPIC);
    await settled();
    expect(sent).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'd'].map((key) => `${key} id-${key}`));
    expect(await keptKeys()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are not kept where the topic is not the service\'s own', async () => {
    relayThatKeeps('another');
    await emit('a');
    await settled();
    expect(await keptKeys()).toEqual([]);
    expect(sent).toHaveLength(1);
  });

  it('are forgotten with a user who is erased, and what is on its way then is not kept', async () => {
    relayThatKeeps(TOPIC);
    await emit('a');
    await settled();
    await relay?.stop();
    await emit('b');
    await database.transaction((tx) => forgetSentEvents(tx));
    expect(await keptKeys()).toEqual([]);
    relayThatKeeps(TOPIC);
    await emit('c');
    await settled();
    expect([sent.length, await keptKeys()]).toEqual([3, []]);
    await database.query(`update sent_events_generation set forgotten_until = forgotten_until - interval '1 minute'`);
    await emit('d');
    await settled();
    expect(await keptKeys()).toEqual(['d']);
  });

  it('are forgotten after a day at the earliest, and by the second turn', async () => {
    relayThatKeeps(TOPIC);
    await emit('a');
    await settled();
    expect(await rotateSentEvents(database)).toBe(false);
    await aDayLater();
    expect(await rotateSentEvents(database)).toBe(true);
    await emit('b');
    await settled();
    expect(await keptKeys()).toEqual(['a', 'b']);
    await aDayLater();
    expect(await rotateSentEvents(database)).toBe(true);
    expect(await keptKeys()).toEqual(['b']);
  });
});
