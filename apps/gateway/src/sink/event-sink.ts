import { encodeEvent, type EncodedEvent, type EventEnvelope } from '@ratchet/contracts';
import { describeError, RatchetError, type Logger, type Metrics } from '@ratchet/observability';
import type { Spool } from './spool.js';

/** What the sink needs of Kafka: resolves when all records are acknowledged. */
export interface RecordSender {
  sendRecords(records: readonly EncodedEvent[]): Promise<void>;
}

export interface EventSinkOptions {
  readonly sender: RecordSender;
  readonly spool: Spool;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What of an event may be recorded; undefined where nothing may. Nothing goes to Kafka or to disk without having passed it. */
  readonly prepare?: (event: EventEnvelope) => EventEnvelope | undefined;
  readonly lingerMs: number;
  readonly sendTimeoutMs: number;
  readonly retryMs?: number;
  readonly eventBytesMax?: number;
  readonly batchEventsMax?: number;
  readonly batchBytesMax?: number;
  readonly bufferEventsMax?: number;
  readonly bufferBytesMax?: number;
}

interface Waiting {
  readonly event: EncodedEvent;
  readonly bytes: number;
  /** Only for events whose sender waits for Kafka: these are refused, never spooled. */
  readonly settle?: (error?: Error) => void;
}

interface Sending {
  readonly waiting: readonly Waiting[];
  overdue: boolean;
  /** The end of these events in the spool, if they are in it. */
  spooledTo: number | undefined;
  outcome: 'sent' | Error | undefined;
}

const refusedForGood = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/** Whether the broker will never take these records, however often they are sent. */
const isRefusedForGood = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && (refusedForGood.has(String((error as { type?: unknown }).type)) || isRefusedForGood((error as { cause?: unknown }).cause));

/**
 * Brings events to Kafka in the order they came, in batches, one batch in flight, without making anybody wait.
 *
 * While Kafka does not acknowledge, events go to the spool, and from there to Kafka in order once it answers again. An event that is in
 * flight when the process dies, or when it went to the spool, may be written twice, with the same event id, by which consumers drop repeats.
 */
export class EventSink {
  private buffer: Waiting[] = [];
  private bufferBytes = 0;
  private sending: Sending | undefined;
  private stepping: Promise<void> | undefined;
  private stepAgain = false;
  /** True after a failure, until it is time to try again. */
  private pausing = false;
  private batchMax: number;
  private closing = false;
  private closed = false;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly lost;
  private readonly spooledBytes;
  private readonly options: Required<EventSinkOptions>;

  constructor(options: EventSinkOptions) {
    this.options = { prepare: (event) => event, retryMs: 1_000, eventBytesMax: 900_000, batchEventsMax: 500, batchBytesMax: 700_000, bufferEventsMax: 20_000, bufferBytesMax: 67_108_864, ...options };
    this.batchMax = this.options.batchEventsMax;
    const { metrics } = options;
    this.lost = metrics.counter({ name: 'ratchet_gateway_events_lost_total', help: 'Events that found no room or that Kafka refuses, by reason', labelNames: ['reason'] });
    this.spooledBytes = metrics.gauge({ name: 'ratchet_gateway_spool_bytes', help: 'Events on disk that wait for Kafka' });
    this.wake(0);
  }

  /** True while new events go to the spool. */
  get isSpooling(): boolean {
    return !this.options.spool.isEmpty;
  }

  /** Takes an event and returns at once; false, and counted as lost, where there is no room left. What may not be recorded is taken, too. */
  add(event: EventEnvelope): boolean {
    const recorded = this.options.prepare(event);
    return recorded === undefined || this.take(encodeEvent(recorded));
  }

  /**
   * Resolves when Kafka has acknowledged all events, in order behind those taken before.
   *
   * @throws {RatchetError} `kafka_unavailable` where it did not in time; sending the same events again is safe
   */
  async publish(events: readonly EventEnvelope[]): Promise<void> {
    if (this.isSpooling) throw unavailable();
    const recorded = events.flatMap((event) => this.options.prepare(event) ?? []);
    const settled = recorded.map(encodeEvent).map(
      (event) =>
        new Promise<void>((resolve, reject) => {
          if (!this.take(event, (error) => (error ? reject(error) : resolve()))) reject(unavailable());
        }),
    );
    this.wake(0);
    const results = await Promise.allSettled(settled);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason as Error;
  }

  /** Sends or spools what is left. */
  async close(): Promise<void> {
    const deadlineMs = Date.now() + this.options.sendTimeoutMs;
    while ((this.buffer.length > 0 || this.sending) && !this.isSpooling && Date.now() < deadlineMs) {
      await this.step();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    this.closing = true;
    await this.step();
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    await this.options.spool.close();
  }

  private take(event: EncodedEvent, settle?: (error?: Error) => void): boolean {
    const bytes = Buffer.byteLength(event.value);
    const reason = bytes > this.options.eventBytesMax ? 'too_large' : this.fillLevel >= 2 || this.closing ? 'buffer_full' : undefined;
    if (reason !== undefined) {
      this.lost.inc({ reason });
      return false;
    }
    const wasBelow = this.fillLevel < 1;
    this.buffer.push({ event, bytes, ...(settle && { settle }) });
    this.bufferBytes += bytes;
    if (this.buffer.length === 1) this.wake(this.options.lingerMs);
    else if (wasBelow && this.fillLevel >= 1) this.wake(0);
    return true;
  }

  /** From 1 on, what waits in memory goes to the spool; at 2 nothing more is taken. */
  private get fillLevel(): number {
    return Math.max(this.buffer.length / this.options.bufferEventsMax, this.bufferBytes / this.options.bufferBytesMax);
  }

  private takeFromBuffer(count: number): Waiting[] {
    const taken = this.buffer.splice(0, count);
    for (const { bytes } of taken) this.bufferBytes -= bytes;
    return taken;
  }

  private putBack(waiting: readonly Waiting[]): void {
    this.buffer = [...waiting, ...this.buffer];
    for (const { bytes } of waiting) this.bufferBytes += bytes;
  }

  private wake(afterMs: number, before?: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      before?.();
      void this.step();
    }, afterMs);
    this.timers.add(timer);
    return timer;
  }

  private pause(): void {
    this.pausing = true;
    this.wake(this.options.retryMs, () => (this.pausing = false));
  }

  /** One step at a time: sends, spool writes and spool reads never overlap, which is what keeps the order. */
  private step(): Promise<void> {
    this.stepAgain = true;
    this.stepping ??= this.takeSteps();
    return this.stepping;
  }

  private async takeSteps(): Promise<void> {
    // Leaving the loop and clearing `stepping` must not be parted by an await, or a wake-up between them would be lost.
    while (this.stepAgain && !this.closed) {
      this.stepAgain = false;
      try {
        await this.turn();
      } catch (error) {
        this.options.logger.error('the spool cannot be used', describeError(error));
        this.pause();
      }
      this.spooledBytes.set(this.options.spool.waitingBytes);
    }
    this.stepping = undefined;
  }

  private async turn(): Promise<void> {
    const { sending } = this;
    if (sending?.outcome !== undefined) {
      this.sending = undefined;
      await this.conclude(sending, sending.outcome);
    } else if (sending && sending.spooledTo === undefined && this.isOverdue(sending)) {
      await this.spoolAll(sending.waiting, { inFlight: true });
      sending.spooledTo = this.options.spool.end;
    }
    // A batch that went to the spool late is still on its way: what follows it must go behind it.
    if (!this.options.spool.isEmpty || this.closing || (this.sending && this.sending.spooledTo !== undefined)) {
      await this.spoolAll(this.takeFromBuffer(this.buffer.length));
      if (!this.sending && !this.closing && !this.pausing) await this.sendSpooled();
      // Also where nothing could be spooled: with the disk full and Kafka away, trying without a pause would take the whole process.
    } else if (!this.sending && !this.pausing && this.buffer.length > 0) this.send(this.nextBatch(), undefined);
  }

  private isOverdue({ overdue }: Sending): boolean {
    return this.closing || overdue || this.fillLevel >= 1;
  }

  private nextBatch(): Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const waiting of this.buffer) {
      bytes += waiting.bytes;
      if (count === this.batchMax || (count > 0 && bytes > this.options.batchBytesMax)) break;
      count += 1;
    }
    return this.takeFromBuffer(count);
  }

  private async sendSpooled(): Promise<void> {
    const { events, end } = await this.options.spool.peek(this.batchMax);
    this.send(events.map((event) => ({ event, bytes: 0 })), end);
  }

  private send(waiting: readonly Waiting[], spooledTo: number | undefined): void {
    const sending: Sending = { waiting, overdue: false, spooledTo, outcome: undefined };
    this.sending = sending;
    const settle = (outcome: 'sent' | Error): void => {
      sending.outcome = outcome;
      clearTimeout(overdue);
      this.timers.delete(overdue);
      void this.step();
    };
    const overdue = this.wake(this.options.sendTimeoutMs, () => (sending.overdue = true));
    this.options.sender.sendRecords(waiting.map(({ event }) => event)).then(
      () => settle('sent'),
      (error: unknown) => settle(error instanceof Error ? error : new Error(String(error))),
    );
  }

  private async conclude({ waiting, spooledTo }: Sending, outcome: 'sent' | Error): Promise<void> {
    const { spool, logger, batchEventsMax } = this.options;
    this.stepAgain = true;
    if (outcome === 'sent') {
      for (const { settle } of waiting) settle?.();
      this.batchMax = batchEventsMax;
      if (spooledTo === undefined) return;
      await spool.advance(spooledTo);
      if (spool.isEmpty) logger.info('Kafka answers again: the spool is empty');
      return;
    }
    if (isRefusedForGood(outcome)) return this.shrink({ waiting, spooledTo, outcome });
    if (spooledTo === undefined) {
      logger.warn('Kafka does not acknowledge: events wait on disk', describeError(outcome));
      await this.spoolAll(waiting);
    }
    this.pause();
  }

  /** Kafka will never take this batch as it is: try its events alone, and give up one that is refused alone. */
  private async shrink({ waiting, spooledTo, outcome }: { waiting: readonly Waiting[]; spooledTo: number | undefined; outcome: Error }): Promise<void> {
    const [only] = waiting;
    this.batchMax = 1;
    if (waiting.length === 1 && only) {
      this.lost.inc({ reason: 'refused_by_kafka' });
      this.options.logger.error('Kafka refuses an event', { eventId: only.event.headers['ce_id'], ...describeError(outcome) });
      only.settle?.(outcome);
      if (spooledTo !== undefined) await this.options.spool.advance(spooledTo);
    } else if (spooledTo === undefined) this.putBack(waiting);
  }

  private async spoolAll(waiting: readonly Waiting[], { inFlight = false } = {}): Promise<void> {
    for (const { settle } of waiting) settle?.(unavailable());
    const kept = waiting.filter(({ settle }) => settle === undefined);
    if (kept.length === 0) return;
    const withoutRoom = await this.options.spool.append(kept.map(({ event }) => event)).catch((error: unknown) => {
      if (!inFlight) this.putBack(kept);
      throw error;
    });
    if (withoutRoom === 0) return;
    this.lost.inc({ reason: 'spool_full' }, withoutRoom);
    this.options.logger.error('the spool is full: events are lost', { events: withoutRoom });
  }
}

const unavailable = (): RatchetError =>
  new RatchetError({ code: 'kafka_unavailable', message: 'Kafka did not acknowledge the events in time; send them again later, with the same ids', retryable: true });
