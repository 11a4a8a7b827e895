import { createRequire } from 'node:module';
import type { TopicPartition } from '../client/kafka-client.js';

interface ConsumerGroup {
  readonly groupId: string;
  readonly memberId: string | null;
  recoverFromOffsetOutOfRange(error: TopicPartition): Promise<void>;
  subscriptionState: { pause(partitions: { topic: string; partitions: number[] }[]): void };
}

type Watcher = (place: TopicPartition) => void;

const require = createRequire(import.meta.url);
const watchers = new Map<string, Watcher>();
let patched = false;

/**
 * When a fetch asks for an offset that the log does not hold, kafkajs 2.2.4 commits "earliest" over the group's position, whatever
 * `autoCommit` says, and reads on from there: records are lost and nobody is told. For the groups named here the partition is paused
 * instead, its position stays, and the watcher is told. Groups of this process only; the last watcher of a group counts.
 */
export const noSilentReset = (groupId: string, onOutOfRange: Watcher | undefined): void => {
  if (!onOutOfRange) return;
  watchers.set(groupId, onOutOfRange);
  if (patched) return;
  patched = true;
  const { prototype } = require('kafkajs/src/consumer/consumerGroup.js') as { prototype: ConsumerGroup };
  const recover = prototype.recoverFromOffsetOutOfRange;
  prototype.recoverFromOffsetOutOfRange = async function (this: ConsumerGroup, error: TopicPartition): Promise<void> {
    const watcher = watchers.get(this.groupId);
    if (!watcher) return recover.call(this, error);
    this.subscriptionState.pause([{ topic: error.topic, partitions: [error.partition] }]);
    watcher({ topic: error.topic, partition: error.partition });
  };
};
