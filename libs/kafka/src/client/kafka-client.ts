import type { BackoffOptions } from '../backoff.js';
import type { ConsumedRecord, ProducedRecord } from '../record.js';

/** What the product needs of a Kafka client, so that another one can take the place of today's. */
export interface KafkaClient {
  consumer(options: ConsumerOptions): KafkaConsumer;
  /** Idempotent, and waits for all replicas. */
  producer(): KafkaProducer;
  /** The broker lets only the newest producer of an id write: whoever fences is the owner. */
  transactionalProducer(transactionalId: string): TransactionalProducer;
  admin(): KafkaAdmin;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Records of one partition, in order. Markers and aborted records lie between them, and are not among them. */
export interface ReceivedBatch extends TopicPartition {
  readonly records: readonly ConsumedRecord[];
  /** The offset that the fetch asked for. */
  readonly requestedFrom: bigint;
  /** Where the next fetch goes on: behind the last record, and behind markers that follow it. */
  readonly nextOffset: bigint;
  readonly highWatermark: bigint;
  /** True when a seek was asked for after the fetch: the batch is of no use any more. */
  isStale(): boolean;
  /** Tells the group that this member lives; safe to call often. Rejects when the group is being rebalanced. */
  heartbeat(): Promise<void>;
  /** Lets reading go on behind this batch, for whoever answered false and was done with it later. */
  resolve(): void;
}

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where a group without a position starts. */
  readonly from: 'earliest' | 'latest';
  /** A member that is not heard of for this long loses its partitions. */
  readonly sessionTimeoutMs?: number;
  readonly heartbeatEveryMs?: number;
  /** A fetch returns after this time, or when `fetchBytesMin` wait. */
  readonly fetchWaitMs?: number;
  readonly fetchBytesMin?: number;
  /** Of one partition in one fetch; a larger record comes alone. */
  readonly fetchBytesMax?: number;
  /** Batches of so many partitions are handled at once. */
  readonly partitionsConcurrently?: number;
  /** Resolves to true when the next batch may come, to false when this one must come again. Nothing is committed by itself. */
  readonly onBatch: (batch: ReceivedBatch) => Promise<boolean>;
  /** Called on every assignment with all partitions, with none of them when the member has to be replaced, before anything of them is fetched: `pause` and `seek` take effect in time. */
  readonly onAssigned?: (partitions: readonly TopicPartition[], member: { /** False for a new member, though it had been one before. */ readonly isContinued: boolean; /** False when it has left its group, to be replaced. */ readonly isMember: boolean }) => void;
  /** From `from` up to, and without, `to` there were markers or aborted records only. */
  readonly onPassedOver?: (place: TopicPartition & { readonly from: bigint; readonly to: bigint }) => void;
  /** The log does not hold the offset to be read. Without this the consumer goes on at `from`. */
  readonly onOutOfRange?: (place: TopicPartition) => void;
  /** Waits before a member that was given up is replaced. */
  readonly retryMs?: BackoffOptions;
}

export interface CommittedOffset extends TopicPartition {
  readonly offset: bigint;
  readonly metadata?: string;
}

export interface KafkaConsumer {
  start(): Promise<void>;
  /** Waits for the batches under way, then leaves the group. */
  stop(): Promise<void>;
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  seek(place: TopicPartition & { readonly offset: bigint }): void;
  /** Commits the group's position in one partition. Rejects while the group is being rebalanced. */
  commit(place: TopicPartition & { readonly offset: bigint }): Promise<void>;
}

export interface KafkaProducer {
  connect(): Promise<void>;
  send(records: readonly ProducedRecord[]): Promise<void>;
  disconnect(): Promise<void>;
}

/** Code of the `RatchetError` that `commit` rejects with when a newer producer of the same id has taken over. */
export const PRODUCER_FENCED = 'producer_fenced';

export interface TransactionalProducer {
  connect(): Promise<void>;
  /** Ends what a former producer of this id had begun, and lets it write nothing more. */
  fence(): Promise<void>;
  /** Records and positions in one transaction; when it rejects, readers of committed records see none of it. */
  commit(transaction: { readonly records: readonly ProducedRecord[]; readonly groupId: string; readonly positions: readonly CommittedOffset[] }): Promise<void>;
  disconnect(): Promise<void>;
}

/** Offsets that a partition holds: from `low` up to, and without, `high`. */
export interface PartitionBounds {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface GroupState {
  readonly groupId: string;
  /** As the broker names it, such as `Stable` or `PreparingRebalance`. */
  readonly state: string;
  readonly members: number;
}

export interface KafkaAdmin {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  topicNames(): Promise<string[]>;
  /** Rejects where one of them exists. */
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  /** The named settings of topics, as the broker spells them. Nothing is known of topics that we may not ask about. */
  topicConfigs(topics: readonly string[], settings: readonly string[]): Promise<Map<string, Record<string, string>>>;
  bounds(topic: string): Promise<PartitionBounds[]>;
  /** Positions of a group; partitions without one are left out. */
  positions(groupId: string, topics?: readonly string[]): Promise<CommittedOffset[]>;
  /** Of each partition, the first record that is not older: where none is, the end. */
  offsetsAt(topic: string, timeMs: number): Promise<{ readonly partition: number; readonly offset: bigint }[]>;
  /** Rejects while the group has members. */
  setPositions(groupId: string, positions: readonly (TopicPartition & { readonly offset: bigint })[]): Promise<void>;
  groupIds(): Promise<string[]>;
  groupStates(groupIds: readonly string[]): Promise<GroupState[]>;
  deleteGroup(groupId: string): Promise<void>;
  /** With all their records, and the positions of all groups in them. */
  deleteTopics(names: readonly string[]): Promise<void>;
}
