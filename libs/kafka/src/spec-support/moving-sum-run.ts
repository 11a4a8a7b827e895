import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { assertExactlyOnce, createTestTopics, eventually, kafkaBrokers, readAll, startTestProcess, uniqueName } from '@ratchet/testing';
import type { ReadRecord, TestProcess, TestTopics } from '@ratchet/testing';
import { createKafka } from '../connection.js';
import { EventProducer } from '../event-producer.js';

const script = fileURLToPath(new URL('../../test/moving-sum.worker.mjs', import.meta.url));
const BATCH = 10;
const SEND_EVERY_MS = 20;

export interface WorkerOptions {
  /** Per record, so that a signal meets a batch half done. */
  readonly pauseMs: number;
}

/** Numbers in, moving sums out, and the processes in between; compared with what the input log alone gives. */
export class MovingSumRun {
  readonly groupId = uniqueName('itest-moving-sum');
  private readonly workers: TestProcess[] = [];
  private sending: { stop(): Promise<number> } | undefined;

  private constructor(private readonly topics: TestTopics<'input' | 'output'>, private readonly reach: number) {}

  /** The sums reach back over `reach` records: so many are replayed to restore them. */
  static async create({ partitions = 1, reach = 20 }: { partitions?: number; reach?: number } = {}): Promise<MovingSumRun> {
    return new MovingSumRun(await createTestTopics({ input: partitions, output: 1 }), reach);
  }

  get input(): string {
    return this.topics.names.input;
  }

  startWorker({ pauseMs }: WorkerOptions): TestProcess {
    const options = { brokers: kafkaBrokers(), topic: this.input, output: this.topics.names.output, groupId: this.groupId, pauseMs, reach: this.reach };
    const worker = startTestProcess({ script, args: [JSON.stringify(options)] });
    this.workers.push(worker);
    return worker;
  }

  /** Sends numbers until `stopSending`. */
  startSending(): void {
    const producer = new EventProducer(createKafka({ brokers: kafkaBrokers(), clientId: 'kafka-itest' }, Logger.silent()));
    let sent = 0;
    let stopped = false;
    const done = (async () => {
      while (!stopped) {
        await producer.sendRecords(Array.from({ length: BATCH }, (_, i) => ({ topic: this.input, key: `k${(sent + i) % 97}`, value: String(((sent + i) * 31) % 1_000), headers: {} })));
        sent += BATCH;
        await new Promise((resolve) => setTimeout(resolve, SEND_EVERY_MS));
      }
      await producer.close();
      return sent;
    })();
    const stop = (): Promise<number> => {
      stopped = true;
      return done;
    };
    this.sending = { stop };
  }

  /** Gives how many numbers were sent. */
  async stopSending(): Promise<number> {
    return (await this.sending?.stop()) ?? 0;
  }

  async outputs(): Promise<{ texts: string[]; workers: string[] }> {
    const records = await readAll(this.topics.names.output);
    return { texts: records.map(({ value }) => value?.toString() ?? ''), workers: records.map(({ headers }) => headers['worker'] ?? '') };
  }

  async untilOutputs(count: number): Promise<void> {
    await eventually(async () => expect((await this.outputs()).texts.length).toBeGreaterThanOrEqual(count), { withinMs: 90_000, everyMs: 500 });
  }

  /** Every output once, with the right content, and each partition's in order. */
  async expectExactlyOnce(): Promise<{ texts: string[]; workers: string[] }> {
    const actual = await this.outputs();
    const byPartition = Map.groupBy(await readAll(this.input), ({ partition }) => partition);
    for (const [partition, records] of byPartition) {
      assertExactlyOnce({ expected: this.undisturbed(records), actual: actual.texts.filter((text) => (JSON.parse(text) as { partition: number }).partition === partition) });
    }
    expect(actual.texts).toHaveLength([...byPartition.values()].reduce((sum, records) => sum + records.length, 0));
    return actual;
  }

  async end(): Promise<void> {
    await this.stopSending();
    for (const worker of this.workers) {
      worker.signal('SIGCONT');
      await worker.end();
    }
    await this.topics.drop();
  }

  /** What one pass over a partition gives, computed apart from the worker's code. */
  private undisturbed(records: readonly ReadRecord[]): string[] {
    const numbers = records.map(({ value }) => Number(value?.toString()));
    return records.map(({ partition, offset }, i) => {
      const sum = numbers.slice(Math.max(0, i + 1 - this.reach), i + 1).reduce((total, number) => total + number, 0);
      return JSON.stringify({ partition, offset: String(offset), count: i + 1, sum });
    });
  }
}
