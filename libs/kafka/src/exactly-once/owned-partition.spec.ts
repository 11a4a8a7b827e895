// Goal: what is computed is provisional until its commit. Method: one partition over a client of the test's own, whose commits end
// when the test says so.
import { describe, expect, it } from '@jest/globals';
import { Logger, RatchetError } from '@ratchet/observability';
import type { CommittedOffset, KafkaClient, ReceivedBatch } from '../client/kafka-client.js';
import { PRODUCER_FENCED } from '../client/kafka-client.js';
import type { ConsumedRecord, ProducedRecord } from '../record.js';
import { OwnedPartition } from './owned-partition.js';
import type { CommitProgress } from './owned-partition.js';
import type { PartitionTask } from './partition-task.js';
import { decodePosition, encodePosition } from './position.js';

interface Commit {
  readonly values: readonly string[];
  readonly position: CommittedOffset;
  end(): void;
  fail(error: Error): void;
}

interface Scene {
  readonly own: OwnedPartition;
  readonly commits: Commit[];
  readonly log: string[];
  readonly progress: CommitProgress[];
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const recordOf = (offset: number, bytes = 1): ConsumedRecord => ({ topic: 'in', partition: 3, offset: BigInt(offset), timestampMs: 0, key: null, value: Buffer.alloc(bytes), headers: {} });

const batchOf = (offsets: readonly number[], more: Partial<ReceivedBatch> & { bytes?: number } = {}): ReceivedBatch => ({
  topic: 'in', partition: 3, records: offsets.map((offset) => recordOf(offset, more.bytes)), requestedFrom: BigInt(offsets[0] ?? 0), nextOffset: BigInt((offsets.at(-1) ?? -1) + 1), highWatermark: 100n,
  isStale: () => false, heartbeat: () => Promise.resolve(), resolve: () => undefined, ...more,
});

/** Prepared at `position`; the state needs records from `replayFrom` on. The task puts out the offsets that it is given. */
const scene = async ({ position, replayFrom = position, clock = false, batchBytesMax = 1_000, prepare }: { position?: number; replayFrom?: number; clock?: boolean; batchBytesMax?: number; prepare?: PartitionTask['prepare'] } = {}): Promise<Scene> => {
  const commits: Commit[] = [];
  const log: string[] = [];
  const progress: CommitProgress[] = [];
  const start: CommittedOffset[] = position === undefined ? [] : [{ topic: 'in', partition: 3, offset: BigInt(position), metadata: encodePosition({ replayFrom: BigInt(replayFrom ?? position), streamTimeMs: 0, marks: {} }) }];
  const admin = { positions: async () => start, bounds: async () => [{ partition: 3, low: 0n, high: 100n }] };
  const producer = {
    connect: () => Promise.resolve(),
    fence: () => Promise.resolve(void log.push('fenced')),
    disconnect: () => Promise.resolve(void log.push('disconnected')),
    commit: ({ records, positions }: { records: readonly ProducedRecord[]; positions: readonly CommittedOffset[] }) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      commits.push({ values: records.map(({ value }) => String(value)), position: positions[0] as CommittedOffset, end: resolve, fail: reject });
      return promise;
    },
  };
  const put = (value: string): ProducedRecord => ({ topic: 'out', key: null, value, headers: {} });
  const own = new OwnedPartition(3, {
    client: { transactionalProducer: () => producer } as unknown as KafkaClient,
    admin: admin as never, groupId: 'group', topic: 'in', batchBytesMax, logger: Logger.silent(),
    createTask: () => ({
      ...(prepare && { prepare }),
      process: ({ offset }) => [put(String(offset))],
      endBatch: ({ first, last }) => [put(`${first}-${last}`)],
      endReplay: () => void log.push('restored'),
      resumePoint: (offset) => ({ replayFrom: offset - 1n, streamTimeMs: 0, marks: {} }),
      clockRecord: () => (clock ? put('clock') : undefined),
    }),
    onPrepared: (partition, offset) => log.push(`read ${partition} from ${offset}`),
    onLost: (_own, { fenced }) => log.push(fenced ? 'lost to another' : 'lost'),
    onFatal: (error) => log.push(`fatal: ${error.message}`),
    onCommitted: (done) => progress.push(done),
    onRestored: ({ records }) => log.push(`replayed ${records}`),
  });
  await own.prepare();
  return { own, commits, log, progress };
};

describe('OwnedPartition', () => {
  it('computes the next batch while the last one commits, and is never more than one ahead', async () => {
    const { own, commits, progress } = await scene({ position: 0 });
    expect(await own.take(batchOf([0, 1]))).toBe(true);
    let third = false;
    const taking = own.take(batchOf([2])).then(() => (third = true));
    await settled();
    expect(commits.map(({ values }) => values)).toEqual([['0', '1', '0-1']]);
    expect([third, own.resumeAt]).toEqual([false, 3n]);
    commits[0]?.end();
    await taking;
    expect(commits[1]?.values).toEqual(['2', '2-2']);
    commits[1]?.end();
    await own.finish();
    expect(progress.map(({ records, lag, replayRecords }) => ({ records, lag, replayRecords }))).toEqual([{ records: 2, lag: 98n, replayRecords: 1n }, { records: 1, lag: 97n, replayRecords: 1n }]);
  });

  it('commits with each batch the place that belongs to it, though the state is further by then', async () => {
    const { own, commits } = await scene({ position: 0 });
    await own.take(batchOf([0, 1]));
    void own.take(batchOf([2, 3]));
    await settled();
    commits[0]?.end();
    await settled();
    expect(commits.map(({ position }) => [position.offset, decodePosition(position.metadata)?.replayFrom])).toEqual([[2n, 1n], [4n, 3n]]);
  });

  it('gives up everything that was built on a commit that failed', async () => {
    const { own, commits, log } = await scene({ position: 0 });
    await own.take(batchOf([0]));
    const second = own.take(batchOf([1]));
    await settled();
    commits[0]?.fail(new Error('broker away'));
    expect(await second).toBe(false);
    await own.finish();
    expect(commits).toHaveLength(1);
    expect(log).toEqual(['fenced', 'read 3 from 0', 'lost', 'disconnected']);
    expect(await own.take(batchOf([1]))).toBe(false);
  });

  it('says so when another producer has taken over', async () => {
    const { own, commits, log } = await scene({ position: 0 });
    await own.take(batchOf([0]));
    commits[0]?.fail(new RatchetError({ code: PRODUCER_FENCED, message: 'taken' }));
    await own.finish();
    expect(log).toContain('lost to another');
  });

  it('replays silently up to the position, and goes on live in the middle of a batch', async () => {
    const { own, commits, log } = await scene({ position: 5, replayFrom: 2 });
    await own.take(batchOf([2, 3]));
    expect([log, commits.length]).toEqual([['fenced', 'read 3 from 2'], 0]);
    await own.take(batchOf([4, 5, 6]));
    expect(log.slice(2)).toEqual(['restored', 'replayed 3']);
    expect(commits[0]?.values).toEqual(['5', '6', '5-6']);
  });

  it('goes live where only markers are left before the position, though no batch comes', async () => {
    const { own, log } = await scene({ position: 5, replayFrom: 2 });
    await own.take(batchOf([2, 3]));
    own.passOver(7n, 9n);
    expect([own.resumeAt, log.includes('restored')]).toEqual([4n, false]);
    own.passOver(4n, 6n);
    expect([own.resumeAt, log.includes('restored')]).toEqual([6n, true]);
  });

  it('is restored rather than computing over a gap, and passes over what it has had', async () => {
    const { own, commits, log } = await scene({ position: 0 });
    await own.take(batchOf([0, 1, 2], { nextOffset: 4n }));
    const second = own.take(batchOf([2, 4], { requestedFrom: 2n }));
    await settled();
    commits[0]?.end();
    expect(await second).toBe(true);
    await settled();
    expect(commits[1]?.values).toEqual(['4', '4-4']);
    expect(await own.take(batchOf([7], { requestedFrom: 6n }))).toBe(false);
    expect(log).toContain('lost');
  });

  it('makes a transaction of each part of a batch that is larger than its limit', async () => {
    const { own, commits } = await scene({ position: 0, batchBytesMax: 100 });
    const taking = own.take(batchOf([0, 1, 2, 3, 4], { bytes: 50 }));
    for (let i = 0; i < 3; i += 1) {
      await settled();
      commits[i]?.end();
    }
    expect(await taking).toBe(true);
    expect(commits.map(({ values }) => values.at(-1))).toEqual(['0-1', '2-3', '4-4']);
  });

  it('appends time to its own partition when it is quiet, and otherwise repeats its position every hour', async () => {
    const quiet = await scene({ position: 4, clock: true });
    quiet.own.tick(Date.now() + 400);
    quiet.own.tick(Date.now() + 600);
    await settled();
    expect(quiet.commits.map(({ values, position }) => [values, position.offset])).toEqual([[['clock'], 4n]]);
    const idle = await scene({ position: 4 });
    idle.own.tick(Date.now() + 3_500_000);
    idle.own.tick(Date.now() + 3_601_000);
    await settled();
    expect(idle.commits.map(({ values, position }) => [values, position.offset])).toEqual([[[], 4n]]);
  });

  it('writes nothing more once the partition is taken away', async () => {
    const { own, commits } = await scene({ position: 0 });
    await own.take(batchOf([0]));
    void own.take(batchOf([1]));
    await settled();
    const released = own.release();
    commits[0]?.end();
    await released;
    expect(commits).toHaveLength(1);
  });

  it('waits for what a task fetches before it computes', async () => {
    const fetching = Promise.withResolvers<void>();
    const seen: bigint[] = [];
    const { own, commits } = await scene({
      position: 0,
      prepare: (records) => {
        seen.push(...records.map(({ offset }) => offset));
        return fetching.promise;
      },
    });
    const taking = own.take(batchOf([0, 1]));
    await settled();
    expect([seen, commits]).toEqual([[0n, 1n], []]);
    fetching.resolve();
    expect(await taking).toBe(true);
    expect(commits[0]?.values).toEqual(['0', '1', '0-1']);
  });

  it('computes records once that are delivered again while they wait, and goes on behind them', async () => {
    const fetching = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let asked = 0;
    const { own, commits } = await scene({ position: 0, prepare: () => (fetching[asked++] as PromiseWithResolvers<void>).promise });
    const takings = [own.take(batchOf([0, 1])), own.take(batchOf([0, 1, 2]))];
    await settled();
    for (const { resolve } of fetching) resolve();
    await settled();
    commits[0]?.end();
    expect(await Promise.all(takings)).toEqual([true, true]);
    expect(commits.map(({ values }) => values)).toEqual([['0', '1', '0-1'], ['2', '2-2']]);
  });

  it('computes the later parts of a batch once, too, where they came again while the first part was committed', async () => {
    const { own, commits } = await scene({ position: 0, batchBytesMax: 10 });
    const whole = batchOf([0, 1, 2], { bytes: 10 });
    const takings = [own.take(whole), own.take(whole)];
    for (let end = 0; end < 4; end += 1) {
      await settled();
      commits[end]?.end();
    }
    await Promise.all(takings);
    expect(commits.flatMap(({ values }) => values.filter((value) => !value.includes('-')))).toEqual(['0', '1', '2']);
  });

  it('gives the partition up when a task cannot fetch, and computes nothing for one that was lost meanwhile', async () => {
    const failing = await scene({ position: 0, prepare: () => Promise.reject(new Error('away')) });
    expect(await failing.own.take(batchOf([0]))).toBe(false);
    expect([failing.log.includes('lost'), failing.commits]).toEqual([true, []]);
    const fetching = Promise.withResolvers<void>();
    const slow = await scene({ position: 0, prepare: () => fetching.promise });
    const taking = slow.own.take(batchOf([0]));
    await settled();
    await slow.own.release();
    fetching.resolve();
    expect(await taking).toBe(false);
    expect(slow.commits).toEqual([]);
  });
});
