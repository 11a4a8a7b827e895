import type { TopicPartition } from '@ratchet/kafka';
import type { Metrics } from '@ratchet/observability';

/** How a service's consumer gets on, for its metrics and its health page. */
export class ConsumerState {
  private readonly lags = new Map<string, { readonly place: TopicPartition; readonly records: number }>();
  private places: readonly TopicPartition[] | undefined;
  private waiting = 0;
  private readonly lag;
  private readonly waitingPartitions;

  constructor(metrics: Metrics) {
    this.lag = metrics.gauge({ name: 'ratchet_consumer_lag_records', help: 'Records of the partition behind the last batch that was done; told by the instance that has the partition', labelNames: ['topic', 'partition'] });
    this.waitingPartitions = metrics.gauge({ name: 'ratchet_consumer_waiting_partitions', help: 'Partitions that are paused because their batch has failed and waits to be tried again' });
    this.waitingPartitions.set(0);
  }

  /** False before it has joined its group, and while it is out of it. A member may have no partition. */
  get isMember(): boolean {
    return this.places !== undefined;
  }

  /** The partitions that the service has from now on; undefined where it is no member of its group. */
  noteAssigned(places: readonly TopicPartition[] | undefined): void {
    this.places = places;
    const held = new Set(places?.map(keyOf));
    for (const [key, { place }] of this.lags) {
      if (held.has(key)) continue;
      this.lags.delete(key);
      this.lag.remove(labelsOf(place));
    }
  }

  noteLag(place: TopicPartition, lag: bigint): void {
    this.lags.set(keyOf(place), { place, records: Number(lag) });
    this.lag.set(labelsOf(place), Number(lag));
  }

  noteWaiting(partitions: number): void {
    this.waiting = partitions;
    this.waitingPartitions.set(partitions);
  }

  details(): Readonly<Record<string, unknown>> {
    return {
      isMember: this.isMember,
      partitions: this.places?.length ?? 0,
      lagRecords: [...this.lags.values()].reduce((sum, { records }) => sum + records, 0),
      waitingPartitions: this.waiting,
    };
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
const labelsOf = ({ topic, partition }: TopicPartition): { topic: string; partition: string } => ({ topic, partition: String(partition) });
