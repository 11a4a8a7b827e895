import { eventually } from './eventually.js';
import type { ITopicConfig } from 'kafkajs';
import { withAdmin } from './kafka-client.js';
import { uniqueName } from './unique-name.js';

export interface TestTopics<Role extends string> {
  /** The topics' names, by what they are for. */
  readonly names: Readonly<Record<Role, string>>;
  drop(): Promise<void>;
}

/** Makes topics, and waits until the broker knows them: the client's own wait takes it for an error that it does not yet. */
export const createTopics = (topics: readonly ITopicConfig[]): Promise<void> =>
  withAdmin(async (admin) => {
    await admin.createTopics({ waitForLeaders: false, topics: [...topics] });
    await eventually(() => admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) }));
  });

/** Makes topics with names of their own; `roles` says how many partitions each has. */
export const createTestTopics = async <Role extends string>(roles: Readonly<Record<Role, number>>): Promise<TestTopics<Role>> => {
  const names = Object.fromEntries(Object.keys(roles).map((role) => [role, uniqueName(`itest-${role}`)])) as Record<Role, string>;
  await createTopics((Object.keys(roles) as Role[]).map((role) => ({ topic: names[role], numPartitions: roles[role], replicationFactor: 1 })));
  return { names, drop: () => withAdmin((admin) => admin.deleteTopics({ topics: Object.values(names) })) };
};
