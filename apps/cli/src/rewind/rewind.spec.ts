import { describe, expect, it } from '@jest/globals';
import type { CommittedOffset, GroupState, KafkaAdmin, KafkaClient } from '@ratchet/kafka';
import { carryOut, planRewind } from './rewind.js';

const BACKUP_MS = Date.parse('2026-01-31T04:00:00Z');

/** One record every ten seconds, from an hour before the backup on; the offset is the place in the list. */
const FIRST_MS = BACKUP_MS - 3_600_000;
const EVERY_MS = 10_000;
const END = 720n;

/** A broker that keeps what is asked of it: topics of one partition, and positions of groups. */
class Broker {
  readonly topics: Set<string>;
  readonly asked: string[] = [];
  low = 0n;
  states: GroupState[] = [];

  constructor(names: readonly string[], private readonly read: Readonly<Record<string, Readonly<Record<string, bigint>>>>) {
    this.topics = new Set(names);
  }

  get kafka(): KafkaClient {
    const positions = (groupId: string, [topic = '']: readonly string[] = []): CommittedOffset[] => {
      const offset = this.read[groupId]?.[topic];
      return offset === undefined ? [] : [{ topic, partition: 0, offset }];
    };
    const admin: Partial<KafkaAdmin> = {
      connect: async () => undefined,
      disconnect: async () => undefined,
      topicNames: async () => [...this.topics],
      bounds: async () => [{ partition: 0, low: this.low, high: END }],
      positions: async (groupId, topics) => positions(groupId, topics),
      offsetsAt: async (_, timeMs) => {
        const offset = BigInt(Math.max(0, Math.ceil((timeMs - FIRST_MS) / EVERY_MS)));
        return [{ partition: 0, offset: offset < this.low ? this.low : offset }];
      },
      groupIds: async () => this.states.map(({ groupId }) => groupId),
      groupStates: async (ids) => this.states.filter(({ groupId }) => ids.includes(groupId)),
      setPositions: async (groupId, wanted) => void this.asked.push(...wanted.map(({ topic, offset }) => `${groupId} ${topic} ${offset}`)),
      deleteTopics: async (names) => void this.asked.push(...names.map((name) => `delete ${name}`)),
    };
    return { admin: () => admin } as unknown as KafkaClient;
  }
}

const INTERACTIONS = 'ratchet.interactions.v1';

describe('the way back to a backup', () => {
  it('reads events of users again from a minute before it, and forgets what services had made of them', async () => {
    const broker = new Broker([INTERACTIONS, 'ratchet.routing.v1', 'ratchet.routing.v1.console.dlq', `${INTERACTIONS}.evaluator.dlq`, 'orders'], { evaluator: { [INTERACTIONS]: END }, 'signal-detector': { [INTERACTIONS]: END } });
    const plan = await planRewind(broker.kafka, BACKUP_MS);
    await carryOut(broker.kafka, plan);
    expect(broker.asked).toEqual([`evaluator ${INTERACTIONS} 354`, 'delete ratchet.routing.v1', 'delete ratchet.routing.v1.console.dlq']);
    expect(plan.groups.map(({ again, isTooLate }) => ({ again, isTooLate }))).toEqual([{ again: 366, isTooLate: false }]);
  });

  it('does not skip what a group had not read by then', async () => {
    const broker = new Broker([INTERACTIONS], { evaluator: { [INTERACTIONS]: 100n } });
    const { groups } = await planRewind(broker.kafka, BACKUP_MS);
    expect(groups.map(({ positions: [position], again }) => [position?.offset, again])).toEqual([[100n, 0]]);
  });

  it('says where the log begins after the backup', async () => {
    const broker = new Broker([INTERACTIONS], { evaluator: { [INTERACTIONS]: END } });
    broker.low = 600n;
    expect((await planRewind(broker.kafka, BACKUP_MS)).groups).toMatchObject([{ again: 120, isTooLate: true }]);
  });

  it('knows which services run, and no other group', async () => {
    const broker = new Broker([INTERACTIONS], {});
    broker.states = [{ groupId: 'analyzer', state: 'Stable', members: 2 }, { groupId: 'console', state: 'Empty', members: 0 }, { groupId: 'a-team', state: 'Stable', members: 1 }];
    expect((await planRewind(broker.kafka, BACKUP_MS)).running).toEqual([{ group: 'analyzer', members: 2 }]);
  });
});
