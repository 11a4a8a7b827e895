import { afterEach, describe, expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import type { TopicPartition } from '../client/kafka-client.js';
import { KafkajsConsumer } from './kafkajs-consumer.js';

type Listener = (event: { payload: object }) => void;

/** A library whose consumers do nothing but tell of events; the real one is in the integration tests. */
class Library {
  readonly made: { readonly listeners: Map<string, Listener>; readonly paused: unknown[]; disconnected: boolean }[] = [];
  connectErrors: Error[] = [];

  readonly kafka = {
    consumer: () => {
      const one = { listeners: new Map<string, Listener>(), paused: [] as unknown[], disconnected: false };
      this.made.push(one);
      return {
        events: { GROUP_JOIN: 'join', CRASH: 'crash', START_BATCH_PROCESS: 'batch' },
        on: (name: string, listener: Listener) => one.listeners.set(name, listener),
        connect: async () => {
          const error = this.connectErrors.shift();
          if (error) throw error;
        },
        subscribe: async () => undefined,
        run: async () => undefined,
        pause: (partitions: unknown) => one.paused.push(partitions),
        disconnect: async () => void (one.disconnected = true),
      };
    },
  } as unknown as Kafka;

  emit(name: string, payload: object, index = this.made.length - 1): void {
    this.made[index]?.listeners.get(name)?.({ payload });
  }
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe('KafkajsConsumer', () => {
  const assignments: { places: readonly TopicPartition[]; isContinued: boolean; isMember: boolean }[] = [];
  const library = new Library();
  const consumer = new KafkajsConsumer(library.kafka, {
    groupId: 'g', topics: ['t'], from: 'earliest', retryMs: { initialMs: 1, maxMs: 1 }, onBatch: async () => true, onAssigned: (places, member) => void assignments.push({ places, ...member }),
  });
  afterEach(() => void assignments.splice(0));

  it('tells a member that stays from a new one', async () => {
    await consumer.start();
    library.emit('join', { memberId: 'a', memberAssignment: { t: [0, 1] } });
    library.emit('join', { memberId: 'a', memberAssignment: { t: [1] } });
    library.emit('join', { memberId: 'b', memberAssignment: { t: [1] } });
    expect(assignments.map(({ places, isContinued }) => [places.map(({ partition }) => partition), isContinued])).toEqual([[[0, 1], false], [[1], true], [[1], false]]);
  });

  it('puts a new member in the place of one that has given up, as often as it takes, and leaves none behind', async () => {
    library.connectErrors = [new Error('refused'), new Error('refused')];
    library.emit('crash', { restart: false });
    expect(assignments).toEqual([{ places: [], isContinued: false, isMember: false }]);
    consumer.pause([{ topic: 't', partition: 1 }]);
    await until(() => library.made.length === 4 && library.connectErrors.length === 0);
    expect(library.made.map(({ disconnected }) => disconnected)).toEqual([true, true, true, false]);
    expect(library.made.flatMap(({ paused }) => paused)).toEqual([]);
    library.emit('join', { memberId: 'b', memberAssignment: { t: [0] } });
    expect(assignments.at(-1)).toMatchObject({ isContinued: false, isMember: true });
  });

  it('is replaced once where the same trouble is told twice, and not by what a former one says', async () => {
    library.emit('crash', { restart: false });
    library.emit('crash', { restart: false });
    library.emit('crash', { restart: false }, 0);
    await until(() => library.made.length === 5);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(library.made).toHaveLength(5);
  });

  it('stays ended after a stop', async () => {
    await consumer.stop();
    library.emit('crash', { restart: false });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(library.made).toHaveLength(5);
  });
});
