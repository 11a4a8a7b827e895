import { RatchetError } from '@ratchet/observability';
import type { Logger } from '@ratchet/observability';
import type { KafkaAdmin, KafkaClient, KafkaConsumer, ReceivedBatch, TopicPartition } from '../client/kafka-client.js';
import { OwnedPartition } from './owned-partition.js';
import type { CommitProgress, PartitionContext } from './owned-partition.js';
import type { TaskFactory } from './partition-task.js';
import { checkRetention } from './retention.js';

export interface ExactlyOnceProcessorOptions {
  readonly kafka: KafkaClient;
  readonly groupId: string;
  readonly topic: string;
  readonly createTask: TaskFactory;
  readonly logger: Logger;
  /** The processor cannot go on; the process had better end, with the error for whoever looks. */
  readonly onFatal: (error: Error) => void;
  readonly onCommitted?: (progress: CommitProgress) => void;
  readonly onRestored?: PartitionContext['onRestored'];
  /** Called as a batch is taken up; what it gives is called when it is computed, or given up. */
  readonly onBatchBegun?: (partition: number) => () => void;
  /** The partitions that this process has now; undefined while it is out of its group. */
  readonly onAssigned?: (places: readonly TopicPartition[] | undefined) => void;
  /** The input must keep its records at least so long; unchecked where undefined. */
  readonly retentionMsMin?: number;
  readonly fetchWaitMs?: number;
  readonly fetchBytesMin?: number;
  /** Keys and values of one transaction's input, uncompressed. */
  readonly batchBytesMax?: number;
  readonly partitionsConcurrently?: number;
  /** A process that died holds its partitions for this long. */
  readonly sessionTimeoutMs?: number;
}

const SESSION_TIMEOUT_MS = 20_000;
const BATCH_BYTES_MAX = 1_048_576;
const HEARTBEAT_EVERY_MS = 2_000;
const TAKE_AGAIN_AFTER_MS = 500;
const TICK_EVERY_MS = 250;

/**
 * Reads a topic partition by partition; outputs and the input position are one Kafka transaction (transactional id = group and
 * partition, so that a former owner is fenced). State is restored by reading again from the offset in the position's metadata,
 * without output up to the position. While a batch commits, the next one is computed.
 */
export class ExactlyOnceProcessor {
  private readonly owned = new Map<number, OwnedPartition>();
  private readonly admin: KafkaAdmin;
  private readonly consumer: KafkaConsumer;
  private readonly context: PartitionContext;
  private assigned: ReadonlySet<number> = new Set();
  private clock: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(private readonly options: ExactlyOnceProcessorOptions) {
    const { kafka, groupId, topic, createTask, logger, batchBytesMax = BATCH_BYTES_MAX } = options;
    this.admin = kafka.admin();
    this.context = {
      client: kafka,
      admin: this.admin,
      groupId,
      topic,
      batchBytesMax,
      createTask,
      logger,
      onPrepared: (partition, offset) => {
        this.consumer.seek({ topic, partition, offset });
        this.consumer.resume([{ topic, partition }]);
      },
      onLost: (own, reason) => this.takeAgain(own, reason),
      onFatal: (error) => this.fatal(error),
      onCommitted: (progress) => options.onCommitted?.(progress),
      onRestored: (restored) => options.onRestored?.(restored),
    };
    this.consumer = this.createConsumer();
  }

  async start(): Promise<void> {
    const { topic, retentionMsMin, logger } = this.options;
    await this.admin.connect();
    const warning = retentionMsMin === undefined ? undefined : await checkRetention(this.admin, topic, retentionMsMin);
    if (warning) logger.warn(warning, { topic });
    await this.consumer.start();
    this.clock = setInterval(() => this.tickClocks(), TICK_EVERY_MS);
  }

  /** Commits what has been computed, then leaves the group: whoever comes next begins exactly behind it. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.clock);
    await Promise.all([...this.owned.values()].map((own) => own.finish()));
    await this.consumer.stop();
    await Promise.all([...this.owned.values()].map((own) => own.release()));
    await this.admin.disconnect();
  }

  private createConsumer(): KafkaConsumer {
    const { kafka, groupId, topic, fetchWaitMs = 150, fetchBytesMin = 65_536, partitionsConcurrently = 3, sessionTimeoutMs = SESSION_TIMEOUT_MS } = this.options;
    return kafka.consumer({
      groupId,
      topics: [topic],
      from: 'earliest',
      sessionTimeoutMs,
      heartbeatEveryMs: HEARTBEAT_EVERY_MS,
      fetchWaitMs,
      fetchBytesMin,
      fetchBytesMax: this.context.batchBytesMax,
      partitionsConcurrently,
      onBatch: (batch) => this.onBatch(batch),
      onAssigned: (places, { isMember }) => this.onAssigned(places, isMember),
      onPassedOver: ({ partition, from, to }) => this.owned.get(partition)?.passOver(from, to),
      onOutOfRange: ({ partition }) => this.lostRecords(partition),
    });
  }

  private onAssigned(places: readonly TopicPartition[], isMember: boolean): void {
    const { topic } = this.options;
    this.assigned = new Set(places.map(({ partition }) => partition));
    this.options.onAssigned?.(isMember ? places : undefined);
    for (const [partition, own] of this.owned) {
      if (this.assigned.has(partition)) continue;
      this.owned.delete(partition);
      void own.release();
    }
    for (const partition of this.assigned) {
      const offset = this.owned.get(partition)?.resumeAt;
      // The group's position is behind what has been computed, and far behind while state is being restored.
      if (offset !== undefined) this.consumer.seek({ topic, partition, offset });
      else if (!this.owned.has(partition)) this.acquire(partition);
    }
  }

  private acquire(partition: number): void {
    const own = new OwnedPartition(partition, this.context);
    this.owned.set(partition, own);
    // Nothing is fetched before it is known from where.
    this.consumer.pause([{ topic: this.options.topic, partition }]);
    void own.prepare();
  }

  private takeAgain(own: OwnedPartition, { fenced }: { fenced: boolean }): void {
    const { partition } = own;
    // Somebody else wrote under our id: the group, at the next heartbeat, says whether the partition is ours at all.
    const waitMs = fenced ? HEARTBEAT_EVERY_MS + 2 * TAKE_AGAIN_AFTER_MS : TAKE_AGAIN_AFTER_MS;
    if (this.owned.get(partition) !== own) return;
    this.owned.delete(partition);
    this.consumer.pause([{ topic: this.options.topic, partition }]);
    setTimeout(() => {
      if (!this.stopping && this.assigned.has(partition) && !this.owned.has(partition)) this.acquire(partition);
    }, waitMs);
  }

  private async onBatch(batch: ReceivedBatch): Promise<boolean> {
    if (this.stopping) return false;
    const onEnded = this.options.onBatchBegun?.(batch.partition);
    try {
      return (await this.owned.get(batch.partition)?.take(batch)) ?? false;
    } finally {
      onEnded?.();
    }
  }

  private tickClocks(): void {
    const nowMs = Date.now();
    for (const own of this.owned.values()) own.tick(nowMs);
  }

  private lostRecords(partition: number): void {
    const { topic, groupId } = this.options;
    this.fatal(
      new RatchetError({
        code: 'position_out_of_range',
        message: `${topic}/${partition} no longer holds the records that group ${groupId} was about to read: its retention has deleted them, or the log was cut. Raise the topic's retention, and set the position with kafka-consumer-groups --reset-offsets`,
        context: { topic, partition, groupId },
      }),
    );
  }

  private fatal(error: Error): void {
    if (!this.stopping) this.options.onFatal(error);
  }
}
