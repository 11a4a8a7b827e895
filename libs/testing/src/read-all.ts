import { setTimeout as sleep } from 'node:timers/promises';
import type { IHeaders, SeekEntry } from 'kafkajs';
import { eventually } from './eventually.js';
import { testKafka } from './kafka-client.js';
import { uniqueName } from './unique-name.js';

/** One record of a topic, as committed transactions left it. */
export interface ReadRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

const textHeaders = (headers: IHeaders = {}): Record<string, string> => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(Array.isArray(value) ? value[0] : value)]));

const hasReached = (committed: readonly SeekEntry[], ends: ReadonlyMap<number, bigint>): boolean =>
  [...ends].every(([partition, end]) => BigInt(committed.find((one) => one.partition === partition)?.offset ?? '-1') >= end);

/**
 * Reads everything that a topic holds at the call and that is committed, by partition and offset. It waits for transactions that
 * are open at the call.
 *
 * @throws {Error} when the end is not reached within `withinMs`.
 */
export const readAll = async (topic: string, { withinMs = 60_000 }: { withinMs?: number } = {}): Promise<ReadRecord[]> => {
  const kafka = testKafka();
  const admin = kafka.admin();
  const groupId = uniqueName('itest-read-all');
  // Positions are committed for batches too that hold only aborted records or markers, which no handler sees: they tell the end.
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50 });
  const records: ReadRecord[] = [];
  await admin.connect();
  try {
    // A broker that has just started does not lead its partitions at once.
    const offsets = await eventually(() => admin.fetchTopicOffsets(topic), { withinMs: 15_000 });
    const ends = new Map(offsets.filter(({ high, low }) => BigInt(high) > BigInt(low)).map(({ partition, high }) => [partition, BigInt(high)]));
    if (ends.size === 0) return [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: true,
      autoCommitThreshold: 1,
      eachBatch: async ({ batch }) => {
        for (const { offset, timestamp, key, value, headers } of batch.messages) {
          records.push({ partition: batch.partition, offset: BigInt(offset), timestampMs: Number(timestamp), key: key?.toString() ?? null, value, headers: textHeaders(headers) });
        }
      },
    });
    const until = Date.now() + withinMs;
    // A broker that has just started may know nothing of its groups yet.
    const committed = async (): Promise<readonly SeekEntry[]> => (await admin.fetchOffsets({ groupId, topics: [topic] }).catch(() => []))[0]?.partitions ?? [];
    while (!hasReached(await committed(), ends)) {
      if (Date.now() > until) throw new Error(`${topic} was not read to its end within ${withinMs} ms: a transaction may still be open`);
      await sleep(50);
    }
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
};
