import { ForwardMigration } from '@ratchet/persistence';
// A small service, wired as runService wires one, on a real topic of the catalogue and a database of its own. Other tests leave
// records in that topic too, so everything here goes by cycle ids of this run.
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Inject, Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { catalogueEntryOf, deadLetterTopicOf, topics } from '@ratchet/contracts';
import type { EventDefinition, EventEnvelope, ServiceContract } from '@ratchet/contracts';
import { createKafka, ensureTopics, EventProducer } from '@ratchet/kafka';
import type { ProducedRecord } from '@ratchet/kafka';
import { Logger, Metrics, RatchetError } from '@ratchet/observability';
import { Database, OutboxRelay } from '@ratchet/persistence';
import { createTestDatabase, eventually, kafkaBrokers, readAll, startTcpProxy, uniqueName, withAdmin } from '@ratchet/testing';
import type { ReadRecord, TcpProxy, TestDatabase } from '@ratchet/testing';
import { DatabaseConsumerStrategy } from './database-consumer.strategy.js';
import { OnEvent } from './on-event.js';
import type { HandlerTransaction } from './handler-transaction.js';
import { PlatformModule } from './platform.module.js';
import { RethrowFilter } from './rethrow.filter.js';

const definitionOf = (type: string): EventDefinition => catalogueEntryOf(type)?.definition as EventDefinition;
const trainingFailed = definitionOf('ratchet.training.failed');
const opportunityClosed = definitionOf('ratchet.opportunity.closed');
const TOPIC = topics.candidates.name;
const service = uniqueName('itest');
const run = uniqueName('run');
const contract: ServiceContract = { service, consumes: [trainingFailed], produces: [opportunityClosed] };
const logger = Logger.silent();
const now = '2026-01-01T00:00:00Z';

interface Failure {
  readonly cycleId: string;
  readonly reason: string;
}

class Seen0001 extends ForwardMigration {
  readonly name = 'Seen0000000000001';
  protected readonly statements = ['create table seen (sequence bigint generated always as identity, cycle_id text not null, reason text not null)'];
}

/** How often the handler was called for a cycle, transactions that were rolled back included. */
const calls = new Map<string, number>();
const positions = new Map<string, string>();
let database: Database;

@Controller()
class SeenHandlers {
  constructor(@Inject(Logger) private readonly log: Logger) {}

  @OnEvent(trainingFailed)
  async onFailed({ id, data }: EventEnvelope<Failure>, tx: HandlerTransaction): Promise<void> {
    const { cycleId, reason } = data;
    if (!cycleId.startsWith(run)) return;
    this.log.debug('seen', { cycleId });
    const call = (calls.get(cycleId) ?? 0) + 1;
    calls.set(cycleId, call);
    if (tx.position) positions.set(cycleId, `${tx.position.topic}/${tx.position.partition}/${tx.position.offset}`);
    await tx.query('insert into seen (cycle_id, reason) values ($1, $2)', [cycleId, reason]).catch((error: unknown) => {
      throw reason === 'hides its reason' ? new TypeError('something failed') : error;
    });
    tx.emit(opportunityClosed, { opportunityId: cycleId, model: 'm', workload: 'w', reason: 'fixed', closedAt: now }, { causationId: id });
    if (reason === 'fault') throw new TypeError('cannot read this');
    if (reason === 'bad sql') await tx.query('select nothing from nowhere');
    if (reason === 'passing' && call <= 5) throw new RatchetError({ code: 'provider_away', message: 'away', retryable: true });
  }
}

/** What the further handlers of the same event did for a cycle, in order. */
const turns = new Map<string, string[]>();
const takeTurn = async (name: string, { cycleId }: Failure, tx: HandlerTransaction): Promise<void> => {
  if (!cycleId.startsWith(run)) return;
  const seenTurns = turns.get(cycleId) ?? [];
  turns.set(cycleId, seenTurns);
  seenTurns.push(`${name} begins after ${calls.get(cycleId) ?? 0}`);
  await tx.query('select 1');
  seenTurns.push(`${name} ends`);
};

@Controller()
class SecondHandlers {
  @OnEvent(trainingFailed)
  async onFailed({ data }: EventEnvelope<Failure>, tx: HandlerTransaction): Promise<void> {
    await takeTurn('second', data, tx);
  }
}

@Controller()
class ThirdHandlers {
  @OnEvent(trainingFailed)
  async onFailed({ data }: EventEnvelope<Failure>, tx: HandlerTransaction): Promise<void> {
    await takeTurn('third', data, tx);
  }
}

@Module({ controllers: [SeenHandlers, SecondHandlers, ThirdHandlers] })
class SeenModule {}

const kafka = createKafka({ brokers: kafkaBrokers(), clientId: service }, logger);
const producer = new EventProducer(kafka);
const relayProducer = new EventProducer(kafka);
const metrics = new Metrics();
let server: TestDatabase;
let proxy: TcpProxy;
let app: NestFastifyApplication;
let relay: OutboxRelay;

const cycle = (name: string): string => `${run}-${name}`;
const record = (name: string, reason: string, { key = run, id = cycle(name) }: { key?: string; id?: string } = {}): ProducedRecord => ({
  topic: TOPIC,
  key,
  value: JSON.stringify({ cycleId: cycle(name), model: 'm', workload: 'w', trainingRunId: 'r', baseVersion: 'v1', reason, failedAt: now }),
  headers: { 'content-type': 'application/json', ce_specversion: '1.0', ce_id: id, ce_source: '/itest', ce_type: trainingFailed.type, ce_time: now },
});
const seen = async (): Promise<string[]> => (await database.query<{ cycle_id: string }>('select cycle_id from seen order by sequence')).map(({ cycle_id: id }) => id.slice(run.length + 1));
const untilSeen = (name: string): Promise<void> => eventually(async () => expect(await seen()).toContain(name), { withinMs: 40_000 });
const deadLetters = async (): Promise<ReadRecord[]> => (await readAll(deadLetterTopicOf(TOPIC, service))).filter(({ key }) => key === run);
const emitted = async (): Promise<ReadRecord[]> => (await readAll(topics.opportunities.name)).filter(({ key }) => key?.startsWith(run));

beforeAll(async () => {
  server = await createTestDatabase('service');
  await ensureTopics(kafka, { catalogue: [{ ...topics.candidates, consumers: [service] }, topics.opportunities], replicationFactor: 1, services: [service] });
  const url = new URL(server.url);
  proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  database = new Database({ url: Object.assign(url, { hostname: '127.0.0.1', port: String(proxy.port) }).href, service, migrations: [Seen0001] });
  await database.start();
  relay = new OutboxRelay({ database, logger, send: (records) => relayProducer.sendRecords(records) });
  relay.start();
  const root = { module: class Root {}, imports: [PlatformModule.with({ config: {}, logger, metrics, kafka, producer, database }), SeenModule] };
  app = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), { logger: ['error', 'warn'] });
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  app.useGlobalFilters(new RethrowFilter(app.getHttpAdapter()));
  app.connectMicroservice({ strategy: new DatabaseConsumerStrategy({ contract, kafka, database, producer, logger, metrics }) }, { inheritAppConfig: true });
  await app.init();
  await app.startAllMicroservices();
});

afterAll(async () => {
  await app?.close();
  await relay?.stop();
  await producer.close();
  await relayProducer.close();
  await database?.stop();
  await proxy?.close();
  await server?.drop();
  await withAdmin((admin) => admin.deleteTopics({ topics: [deadLetterTopicOf(TOPIC, service)] }));
});

describe('DatabaseConsumerStrategy', () => {
  it('makes effect, inbox row and outgoing event real together, in the order of the records', async () => {
    await producer.sendRecords(['a1', 'a2', 'a3'].map((name) => record(name, 'plain')));
    await untilSeen('a3');
    expect(await seen()).toEqual(['a1', 'a2', 'a3']);
    const inbox = await database.query<{ event_id: string }>('select event_id from inbox where event_id like $1', [`${run}%`]);
    expect(inbox.map(({ event_id: id }) => id).sort()).toEqual(['a1', 'a2', 'a3'].map(cycle));
    const places = (await readAll(TOPIC)).filter(({ key }) => key === run).map(({ partition, offset }) => `${TOPIC}/${partition}/${offset}`);
    expect(['a1', 'a2', 'a3'].map((name) => positions.get(cycle(name)))).toEqual(places.slice(0, 3));
    await eventually(async () => expect((await emitted()).map(({ key }) => key).sort()).toEqual(['a1', 'a2', 'a3'].map(cycle)));
    const [first] = await emitted();
    expect(first?.headers).toMatchObject({ ce_type: 'ratchet.opportunity.closed', ce_source: `/ratchet/${service}` });
    expect(first?.headers['ce_causationid']).toBe(first?.key);
  });

  it('handles an event once that comes again, in one batch or later', async () => {
    const twice = record('b1', 'plain');
    await producer.sendRecords([twice, twice]);
    await untilSeen('b1');
    await producer.sendRecords([twice, record('b2', 'plain')]);
    await untilSeen('b2');
    expect((await seen()).filter((name) => name.startsWith('b'))).toEqual(['b1', 'b2']);
    expect(calls.get(cycle('b1'))).toBe(1);
  });

  it('calls each handler of an event once, one after the other: they share a connection', async () => {
    await producer.sendRecords([record('turns', 'plain')]);
    await untilSeen('turns');
    expect(calls.get(cycle('turns'))).toBe(1);
    expect(turns.get(cycle('turns'))).toEqual(['second begins after 1', 'second ends', 'third begins after 1', 'third ends']);
  });

  it('handles a record whose texts hold what PostgreSQL does not take, and knows its event again', async () => {
    const before = (await deadLetters()).length;
    const odd = record('odd', 'zero \0, half \ud800, quoted \\u0000');
    await producer.sendRecords([odd, odd, record('after-odd', 'plain')]);
    await untilSeen('after-odd');
    const reasons = await database.query<{ reason: string }>('select reason from seen where cycle_id = $1', [cycle('odd')]);
    expect(reasons).toEqual([{ reason: 'zero \uFFFD, half \uFFFD, quoted \\u0000' }]);
    expect(await deadLetters()).toHaveLength(before);
  });

  it('puts broken records aside, each with its reason, bytes and place, and handles the next', async () => {
    const good = record('c1', 'plain');
    const broken: Record<string, ProducedRecord> = {
      not_json: { ...good, value: '{"cycleId":' },
      not_utf8: { ...good, value: Buffer.from([0xff, 0xfe, 0x00]) },
      wrong_schema: { ...good, value: '{"cycleId":7}' },
      unknown_type: { ...good, headers: { ...good.headers, ce_type: 'ratchet.thing.unheard.of' } },
      wrong_topic: { ...good, headers: { ...good.headers, ce_type: 'ratchet.vitals.counted' } },
      bad_envelope: { ...good, headers: { ...good.headers, ce_id: '' } },
      null_value: { ...good, value: null },
    };
    await producer.sendRecords([...Object.values(broken), good]);
    await untilSeen('c1');
    const letters = await eventually(async () => {
      const found = await deadLetters();
      expect(found).toHaveLength(Object.keys(broken).length);
      return found;
    });
    expect(letters.map(({ headers }) => headers['ratchet_dlq_code'])).toEqual(Object.keys(broken));
    letters.forEach(({ value, headers }, i) => {
      expect(value).toEqual(Object.values(broken)[i]?.value === null ? null : Buffer.from(Object.values(broken)[i]?.value ?? ''));
      expect(headers).toMatchObject({ ratchet_dlq_topic: TOPIC, ratchet_dlq_service: service });
      expect(headers['ratchet_dlq_message']).not.toBe('');
      expect(headers['ratchet_dlq_offset']).toMatch(/^\d+$/);
    });
  });

  it.each(['fault', 'bad sql'])('gives up a record whose handler throws (%s) three times, without an effect of it, and handles what comes after it', async (reason) => {
    const name = `d-${reason}`;
    const before = (await deadLetters()).length;
    await producer.sendRecords([record(`${name}-before`, 'plain'), record(name, reason), record(`${name}-after`, 'plain')]);
    await untilSeen(`${name}-after`);
    expect((await seen()).filter((one) => one.startsWith(name))).toEqual([`${name}-before`, `${name}-after`]);
    expect(calls.get(cycle(name))).toBe(3);
    await eventually(async () => expect(await deadLetters()).toHaveLength(before + 1));
    const letter = (await deadLetters()).at(-1);
    expect(letter?.headers).toMatchObject({ ratchet_dlq_code: 'handler_fault', ce_id: cycle(name) });
    expect(letter?.headers['ratchet_dlq_message']).toContain(reason === 'fault' ? 'TypeError: cannot read this' : 'nowhere');
    await eventually(async () => expect((await emitted()).map(({ key }) => key)).toContain(cycle(`${name}-after`)));
    expect((await emitted()).map(({ key }) => key)).not.toContain(cycle(name));
  });

  it('tries a passing fault again as often as it takes, and never gives the record up', async () => {
    const before = (await deadLetters()).length;
    await producer.sendRecords([record('e1', 'passing'), record('e2', 'plain')]);
    await untilSeen('e2');
    expect((await seen()).filter((name) => name.startsWith('e'))).toEqual(['e1', 'e2']);
    expect(calls.get(cycle('e1'))).toBe(6);
    expect(await deadLetters()).toHaveLength(before);
  });

  it('comes through the loss of its database connections without losing or repeating an effect', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `f${i}`);
    for (const [i, name] of names.entries()) {
      await producer.sendRecords([record(name, 'plain')]);
      if (i % 15 === 7) await server.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1`, [service]);
    }
    await eventually(async () => expect((await seen()).filter((name) => name.startsWith('f'))).toEqual(names), { withinMs: 40_000 });
    await eventually(async () => expect((await emitted()).filter(({ key }) => key?.startsWith(cycle('f'))).map(({ key }) => key).sort()).toEqual(names.map(cycle).sort()), { withinMs: 40_000 });
  });

  it('waits while the database is away, sets nothing aside, and does all of it afterwards', async () => {
    const before = (await deadLetters()).length;
    const waiting = async (): Promise<string | undefined> => /^ratchet_consumer_waiting_partitions (\d+)$/m.exec(await metrics.registry.metrics())?.[1];
    const counted = async (): Promise<number> => Number(/ratchet_dead_letters_total\{[^}]*code="not_json"\} (\d+)/.exec(await metrics.registry.metrics())?.[1]);
    const countedBefore = await counted();
    const names = ['g1', 'g2', 'g3', 'g4'];
    await proxy.cut();
    for (const name of names) await producer.sendRecords([record(name, name === 'g2' ? 'hides its reason' : 'plain')]);
    await producer.sendRecords([{ ...record('broken', 'plain'), value: 'no json' }]);
    await eventually(async () => expect(await waiting()).toBe('1'));
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await proxy.restore();
    await untilSeen('g4');
    expect((await seen()).filter((name) => name.startsWith('g'))).toEqual(names);
    await eventually(async () => expect(await waiting()).toBe('0'));
    // The broken one is no matter of the database, and is set aside with its batch, once that is done.
    await eventually(async () => expect((await deadLetters()).slice(before).map(({ headers }) => headers['ratchet_dlq_code'])).toEqual(['not_json']), { withinMs: 30_000 });
    expect(await counted()).toBe(countedBefore + 1);
  });

  it('does not take an outage in the middle of a handler for the fault of a record, whatever the handler throws', async () => {
    const before = (await deadLetters()).length;
    await producer.sendRecords([record('h1', 'hides its reason')]);
    await untilSeen('h1');
    for (let round = 2; round < 7; round += 1) {
      await producer.sendRecords([record(`h${round}`, 'hides its reason')]);
      await proxy.cut();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await proxy.restore();
    }
    await eventually(async () => expect((await seen()).filter((name) => name.startsWith('h'))).toEqual(['h1', 'h2', 'h3', 'h4', 'h5', 'h6']), { withinMs: 40_000 });
    expect(await deadLetters()).toHaveLength(before);
  });

  it('writes a letter again, at the same place, rather than lose it, where it fails between the letter and the position', async () => {
    const before = (await deadLetters()).length;
    const send = producer.sendRecords.bind(producer);
    let failures = 1;
    const cutOff = jest.spyOn(producer, 'sendRecords').mockImplementation(async (records) => {
      await send(records);
      if (records.some(({ topic }) => topic === deadLetterTopicOf(TOPIC, service)) && failures-- > 0) throw new Error('cut off');
    });
    await send([record('i1', 'plain'), { ...record('i-broken', 'plain'), value: 'no json' }, record('i2', 'plain')]);
    const letters = await eventually(async () => {
      const found = (await deadLetters()).slice(before);
      expect(found).toHaveLength(2);
      return found;
    });
    cutOff.mockRestore();
    await producer.sendRecords([record('i3', 'plain')]);
    await untilSeen('i3');
    expect((await seen()).filter((name) => name.startsWith('i'))).toEqual(['i1', 'i2', 'i3']);
    expect(calls.get(cycle('i1'))).toBe(1);
    expect(new Set(letters.map(({ headers }) => `${headers['ratchet_dlq_partition']}@${headers['ratchet_dlq_offset']}`)).size).toBe(1);
    expect(await deadLetters()).toHaveLength(before + 2);
  });
});
