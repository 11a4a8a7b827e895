import { RatchetError } from '@ratchet/observability';
import type { KafkaAdmin } from '../client/kafka-client.js';
import { decodePosition } from './position.js';
import type { ResumePoint } from './position.js';

export interface Start {
  /** The first offset that has not been committed. */
  readonly position: bigint;
  readonly resume: ResumePoint | undefined;
  /** How many partitions the topic has. */
  readonly partitions: number;
}

/**
 * Where the group stands in a partition; the beginning of the log where it has no position yet.
 *
 * @throws {RatchetError} `position_out_of_range`, not retryable, where the log no longer holds what is needed from there on
 */
export const readStart = async ({ admin, groupId, topic, partition }: { admin: KafkaAdmin; groupId: string; topic: string; partition: number }): Promise<Start> => {
  const found = (await admin.positions(groupId, [topic])).find((position) => position.partition === partition);
  const bounds = await admin.bounds(topic);
  const partitions = bounds.length;
  const { low, high } = bounds.find((one) => one.partition === partition) ?? { low: 0n, high: 0n };
  if (!found) return { position: low, resume: undefined, partitions };
  const position = found.offset;
  const resume = decodePosition(found.metadata);
  const replayFrom = resume?.replayFrom ?? position;
  if (replayFrom >= low && position <= high) return { position, resume, partitions };
  throw new RatchetError({
    code: 'position_out_of_range',
    message: `group ${groupId} stands at ${topic}/${partition} offset ${position} (needs ${replayFrom} and later), but the log holds ${low} to ${high}: set the position with kafka-consumer-groups --reset-offsets, or raise the topic's retention`,
    context: { topic, partition, position: String(position), replayFrom: String(replayFrom), low: String(low), high: String(high) },
  });
};
