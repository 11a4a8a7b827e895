import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy, MessageHandler } from '@nestjs/microservices';
import { decodeMessage, readTraceparent, topicsConsumedBy, traceIdOf } from '@ratchet/contracts';
import type { EventEnvelope, ServiceContract } from '@ratchet/contracts';
import { BatchConsumer, sleep, startProcessSpan, toDeadLetter } from '@ratchet/kafka';
import type { ConsumedRecord, DeadLetterReason, EventProducer, KafkaClient } from '@ratchet/kafka';
import { derivedId, describeError, noTracing } from '@ratchet/observability';
import type { Logger, Metrics, Tracing } from '@ratchet/observability';
import { inboxKey, receiveOnce, storable } from '@ratchet/persistence';
import type { Database, Transaction } from '@ratchet/persistence';
import { firstValueFrom, isObservable } from 'rxjs';
import type { BatchWatch } from './batch-watch.js';
import { ConsumerState } from './consumer-state.js';
import { transactionAt } from './handler-transaction.js';
import { mayPass } from './passing-fault.js';

export interface DatabaseConsumerOptions {
  readonly contract: ServiceContract;
  readonly kafka: KafkaClient;
  readonly database: Database;
  readonly producer: EventProducer;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing?: Tracing;
  readonly accepts?: (event: EventEnvelope) => boolean;
  /** Milliseconds by topic for which a partition is left alone after a batch. */
  readonly restMs?: Readonly<Record<string, number>>;
  readonly fetchBytesMin?: number;
  readonly watch?: BatchWatch;
  readonly consumer?: ConsumerState;
}

interface Received {
  readonly record: ConsumedRecord;
  readonly event: EventEnvelope;
}

interface Refused {
  readonly record: ConsumedRecord;
  readonly reason: DeadLetterReason;
}

const ATTEMPTS_BEFORE_DEAD_LETTER = 3;
const HANDLER_FAULT = 'handler_fault';
const FAULT_RETRY_MS = 100;

class HandlerError extends Error {
  constructor(readonly record: ConsumedRecord, override readonly cause: unknown) {
    super('a handler threw');
  }
}

const placeOf = ({ topic, partition, offset }: ConsumedRecord): string => `${topic}/${partition}/${offset}`;

/** So that a line of the log can be found from a trace, and the other way about. */
const traceOf = ({ headers }: ConsumedRecord): { traceId?: string } => {
  const traceparent = readTraceparent(headers?.['ce_traceparent']?.toString());
  return traceparent === undefined ? {} : { traceId: traceIdOf(traceparent) };
};

/**
 * People and models write any character, and PostgreSQL takes neither NUL nor half of a surrogate pair: one in a comment would send the whole
 * event to the dead letters. JSON can hold either only behind a backslash and a `u`, so that most events need not be walked through.
 */
const withStorableTexts = (event: EventEnvelope, { value }: ConsumedRecord): EventEnvelope => (value?.includes('\\u') ? { ...event, data: storable(event.data) } : event);

/** One PostgreSQL transaction per batch holds the effects, the inbox rows and the outgoing events. */
export class DatabaseConsumerStrategy extends Server implements CustomTransportStrategy {
  private readonly consumer: BatchConsumer;
  private readonly handlers = new Map<string, MessageHandler[]>();
  private readonly faults = new Map<string, { count: number; error: unknown }>();
  private readonly consumed;
  private readonly deadLetters;
  private readonly batchSeconds;
  private readonly failures;

  constructor(private readonly options: DatabaseConsumerOptions) {
    super();
    const { contract, kafka, metrics, consumer = new ConsumerState(metrics) } = options;
    this.consumed = metrics.counter({ name: 'ratchet_consumed_records_total', help: 'Records consumed, by topic', labelNames: ['topic'] });
    this.deadLetters = metrics.counter({ name: 'ratchet_dead_letters_total', help: 'Records sent to a dead-letter topic', labelNames: ['topic', 'code'] });
    this.batchSeconds = metrics.histogram({ name: 'ratchet_batch_duration_seconds', help: 'Time of a batch that was done: its transaction and what it set aside', labelNames: ['topic'], buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30] });
    this.failures = metrics.counter({ name: 'ratchet_batch_failures_total', help: 'Batches that failed and are tried again, a database that is away among the reasons', labelNames: ['topic'] });
    this.consumer = new BatchConsumer({
      kafka,
      groupId: contract.service,
      topics: topicsConsumedBy(contract),
      logger: options.logger,
      ...(options.fetchBytesMin !== undefined && { fetchBytesMin: options.fetchBytesMin }),
      ...(options.restMs && { restMs: options.restMs }),
      onBatch: (records, lost) => this.onBatch(records, lost),
      onAssigned: (places) => consumer.noteAssigned(places),
      onCommitted: ({ topic, partition, lag }) => consumer.noteLag({ topic, partition }, lag),
      onWaiting: (partitions) => consumer.noteWaiting(partitions),
    });
  }

  /** Nest would link the handlers of an event, so that each calls all that follow it, at once: on one connection they take turns. */
  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false, extras: Record<string, unknown> = {}): void {
    const type = this.normalizePattern(pattern as string);
    const known = this.handlers.get(type);
    if (known) known.push(callback);
    else {
      this.handlers.set(type, [callback]);
      super.addHandler(pattern, callback, isEventHandler, extras);
    }
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.consumer.start();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    await this.consumer.stop();
  }

  on(): never {
    throw new Error('this transport has no events of its own');
  }

  unwrap<T>(): T {
    return this.consumer as T;
  }

  private async onBatch(records: readonly ConsumedRecord[], lost: AbortSignal): Promise<void> {
    const [{ topic } = { topic: '' }] = records;
    const endWatch = this.options.watch?.begin(`a batch of ${topic}`);
    try {
      await this.carryOut(topic, records, lost);
    } catch (error) {
      if (!lost.aborted) this.failures.inc({ topic });
      throw error;
    } finally {
      endWatch?.();
    }
  }

  private async carryOut(topic: string, records: readonly ConsumedRecord[], lost: AbortSignal): Promise<void> {
    const endTimer = this.batchSeconds.startTimer({ topic });
    const { received, refused } = await this.handleDecoded(records, lost);
    // The next owner decodes them as well, and sets them aside.
    lost.throwIfAborted();
    for (const { record } of received) this.faults.delete(placeOf(record));
    await this.putAside(refused);
    endTimer();
    this.consumed.inc({ topic }, records.length);
  }

  /** Comes back soon to a record that a handler cannot take: what is behind it must not wait as long as for an outage. */
  private async handleDecoded(records: readonly ConsumedRecord[], lost: AbortSignal): Promise<{ received: Received[]; refused: Refused[] }> {
    for (;;) {
      const decoded = this.decode(records);
      try {
        await this.options.database.transaction((tx) => this.handleAll(tx, decoded.received, lost));
        return decoded;
      } catch (error) {
        lost.throwIfAborted();
        if (!(await this.countFault(error))) throw error instanceof HandlerError ? error.cause : error;
        this.options.logger.warn('a handler failed on a record and will be tried again', { service: this.options.contract.service, ...traceOf((error as HandlerError).record), ...describeError((error as HandlerError).cause) });
        await sleep(FAULT_RETRY_MS, lost);
      }
    }
  }

  private decode(records: readonly ConsumedRecord[]): { received: Received[]; refused: Refused[] } {
    const received: Received[] = [];
    const refused: Refused[] = [];
    for (const record of records) {
      const fault = this.faults.get(placeOf(record));
      const decoded = decodeMessage(record, record.topic);
      if (!decoded.ok) refused.push({ record, reason: decoded });
      else if (fault && fault.count >= ATTEMPTS_BEFORE_DEAD_LETTER) refused.push({ record, reason: { code: HANDLER_FAULT, message: String(describeError(fault.error)['error']) } });
      else received.push({ record, event: withStorableTexts(decoded.event, record) });
    }
    return { received, refused };
  }

  private async handleAll(tx: Transaction, received: readonly Received[], lost: AbortSignal): Promise<void> {
    const { accepts = () => true, tracing = noTracing, contract } = this.options;
    const wanted = received.filter(({ event }) => this.handlers.has(event.type) && accepts(event));
    if (wanted.length === 0) return;
    const fresh = await receiveOnce(tx, wanted.map(({ event }) => event));
    for (const { record, event } of wanted) {
      const key = inboxKey(event);
      if (!fresh.has(key)) continue;
      fresh.delete(key);
      const span = startProcessSpan(tracing, { event, record, groupId: contract.service });
      try {
        for (const handler of this.handlers.get(event.type) ?? []) {
          lost.throwIfAborted();
          await this.call(handler, event, tx, record);
        }
      } catch (error) {
        span?.fail(error instanceof HandlerError ? HANDLER_FAULT : 'partition_lost');
        throw error;
      } finally {
        span?.end();
      }
    }
    lost.throwIfAborted();
  }

  private async call(handler: MessageHandler, event: EventEnvelope, tx: Transaction, record: ConsumedRecord): Promise<void> {
    try {
      const result: unknown = await handler(event, transactionAt(tx, record));
      if (isObservable(result)) await firstValueFrom(result, { defaultValue: undefined });
    } catch (error) {
      throw new HandlerError(record, error);
    }
  }

  /** Gives whether the error counts against its record. */
  private async countFault(error: unknown): Promise<boolean> {
    if (!(error instanceof HandlerError) || mayPass(error.cause)) return false;
    // Whatever a handler makes of an outage, it is not the record's fault.
    const isDatabaseThere = await this.options.database.query('select 1').then(() => true, () => false);
    if (!isDatabaseThere) return false;
    const place = placeOf(error.record);
    this.faults.set(place, { count: (this.faults.get(place)?.count ?? 0) + 1, error: error.cause });
    return true;
  }

  private async putAside(refused: readonly Refused[]): Promise<void> {
    if (refused.length === 0) return;
    const { contract, producer, logger } = this.options;
    const nowMs = Date.now();
    await producer.sendRecords(refused.map(({ record, reason }) => toDeadLetter({ record, service: contract.service, reason, nowMs })));
    for (const { record, reason } of refused) {
      this.faults.delete(placeOf(record));
      this.deadLetters.inc({ topic: record.topic, code: reason.code });
      const deadLetterId = derivedId(contract.service, placeOf(record));
      logger.warn('a record went to the dead letters', { deadLetterId, topic: record.topic, partition: record.partition, offset: String(record.offset), code: reason.code, ...traceOf(record) });
    }
  }
}
