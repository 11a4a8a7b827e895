import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { BatchConsumer } from './batch-consumer.js';
import type { ConsumerOptions, KafkaClient, KafkaConsumer } from './client/kafka-client.js';

/** A client whose consumers do nothing but give up; the real one is in the integration test. */
class Client {
  readonly made: { options: ConsumerOptions; stopped: boolean }[] = [];
  startErrors: Error[] = [];

  readonly kafka = {
    consumer: (options: ConsumerOptions): Partial<KafkaConsumer> => {
      const one = { options, stopped: false };
      this.made.push(one);
      return {
        start: async () => {
          const error = this.startErrors.shift();
          if (error) throw error;
        },
        stop: async () => void (one.stopped = true),
      };
    },
  } as unknown as KafkaClient;

  giveUp(): void {
    this.made.at(-1)?.options.onFatal?.(new Error('refused'));
  }
}

const client = new Client();
const consumer = new BatchConsumer({ kafka: client.kafka, groupId: 'g', topics: ['t'], logger: Logger.silent(), onBatch: async () => undefined, retryMs: { initialMs: 1, maxMs: 1 } });
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
};
afterEach(() => consumer.stop());

describe('a consumer whose client has given up', () => {
  it('begins again with a new one, as often as it takes, and leaves none of the old ones behind', async () => {
    await consumer.start();
    client.startErrors = [new Error('refused'), new Error('refused')];
    client.giveUp();
    await until(() => client.made.length === 4);
    expect(client.made.map(({ stopped }) => stopped)).toEqual([true, true, true, false]);
    client.giveUp();
    await until(() => client.made.length === 5);
  });
});
