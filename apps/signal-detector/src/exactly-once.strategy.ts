import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { topics } from '@ratchet/contracts';
import { ExactlyOnceProcessor } from '@ratchet/kafka';
import type { ConsumedRecord, DeadLetterReason } from '@ratchet/kafka';
import { describeError } from '@ratchet/observability';
import type { PlatformServices } from '@ratchet/service';
import type { Emission } from '@ratchet/signals';
import type { Config } from './config.js';
import type { Profile } from './reference/profile.js';

/** The exactly-once processor as a Nest transport, so that the detector has the lifecycle of every other service. */
export class ExactlyOnceStrategy extends Server implements CustomTransportStrategy {
  private readonly processor: ExactlyOnceProcessor;
  private readonly tasks = new Map<number, ReturnType<Profile['createTask']>>();
  private readonly signals;
  private readonly failures;
  private readonly deadLetters;

  constructor({ config, kafka, logger: log, metrics }: PlatformServices, profile: Profile) {
    super();
    const { DETECTION, FETCH_WAIT_MS, FETCH_BYTES_MIN } = config as Config;
    this.signals = metrics.counter({ name: 'ratchet_signals_detected_total', help: 'Signals detected, by name', labelNames: ['signal'] });
    this.failures = metrics.counter({ name: 'ratchet_interactions_failed_total', help: 'Interactions that failed' });
    this.deadLetters = metrics.counter({ name: 'ratchet_dead_letters_total', help: 'Records sent to a dead-letter topic', labelNames: ['topic', 'code'] });
    const records = metrics.counter({ name: 'ratchet_consumed_records_total', help: 'Records consumed, by topic', labelNames: ['topic'] });
    const lag = metrics.gauge({ name: 'ratchet_consumer_lag_records', help: 'Records of the partition that are not processed yet', labelNames: ['partition'] });
    const batchSeconds = metrics.histogram({ name: 'ratchet_batch_duration_seconds', help: 'Time from a batch to its commit', buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });
    const open = metrics.gauge({ name: 'ratchet_open_conversations', help: 'Conversations that have not ended' });
    this.processor = new ExactlyOnceProcessor({
      kafka,
      groupId: profile.groupId,
      topic: topics.interactions.name,
      logger: log,
      fetchWaitMs: FETCH_WAIT_MS,
      fetchBytesMin: FETCH_BYTES_MIN,
      createTask: (partition, position, resume) => {
        const task = profile.createTask({
          partition,
          position,
          detection: DETECTION,
          resume,
          onEmission: (emission) => this.countEmission(emission),
          onDeadLetter: (record, reason) => this.countDeadLetter(record, reason),
        });
        this.tasks.set(partition, task);
        return task;
      },
      onFatal: (error) => {
        log.error('stopped: the log no longer holds what the state needs', describeError(error));
        process.exit(1);
      },
      onCommitted: (progress) => {
        records.inc({ topic: topics.interactions.name }, progress.records);
        lag.set({ partition: String(progress.partition) }, Number(progress.lag));
        batchSeconds.observe(progress.durationMs / 1_000);
        open.set([...this.tasks.values()].reduce((sum, task) => sum + task.openConversations, 0));
      },
    });
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.processor.start();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    await this.processor.stop();
  }

  on(): never {
    throw new Error('this transport has no events of its own');
  }

  unwrap<T>(): T {
    return this.processor as T;
  }

  private countEmission(emission: Emission): void {
    if (emission.type === 'ratchet.signal.detected') this.signals.inc({ signal: emission.data.name });
    else this.failures.inc();
  }

  private countDeadLetter({ topic }: ConsumedRecord, { code }: DeadLetterReason): void {
    this.deadLetters.inc({ topic, code });
  }
}
