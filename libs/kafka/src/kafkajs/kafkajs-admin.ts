import type { Admin, Kafka } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { CommittedOffset, GroupState, KafkaAdmin, NewTopic, PartitionBounds, TopicPartition } from '../client/kafka-client.js';

const NO_POSITION = '-1';

export class KafkajsAdmin implements KafkaAdmin {
  private readonly admin: Admin;

  constructor(kafka: Kafka) {
    this.admin = kafka.admin();
  }

  connect(): Promise<void> {
    return this.admin.connect();
  }

  disconnect(): Promise<void> {
    return this.admin.disconnect();
  }

  topicNames(): Promise<string[]> {
    return this.admin.listTopics();
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    const wanted = topics.map(({ name, partitions, replicationFactor, config }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor,
      configEntries: Object.entries(config).map(([setting, value]) => ({ name: setting, value })),
    }));
    await this.admin.createTopics({ topics: wanted, waitForLeaders: true });
  }

  async topicConfigs(topics: readonly string[], settings: readonly string[]): Promise<Map<string, Record<string, string>>> {
    if (topics.length === 0) return new Map();
    try {
      const wanted = topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: [...settings] }));
      const { resources } = await this.admin.describeConfigs({ resources: wanted, includeSynonyms: false });
      return new Map(resources.map(({ resourceName, configEntries }) => [resourceName, Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue]))]));
    } catch (error) {
      if (String((error as { type?: unknown }).type).endsWith('AUTHORIZATION_FAILED')) return new Map();
      throw error;
    }
  }

  async bounds(topic: string): Promise<PartitionBounds[]> {
    return (await this.admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }));
  }

  async positions(groupId: string, topics?: readonly string[]): Promise<CommittedOffset[]> {
    const committed = await this.admin.fetchOffsets({ groupId, ...(topics && { topics: [...topics] }) });
    return committed.flatMap(({ topic, partitions }) =>
      partitions
        .filter(({ offset }) => offset !== NO_POSITION)
        .map(({ partition, offset, metadata }) => ({ topic, partition, offset: BigInt(offset), ...(metadata !== null && { metadata }) })),
    );
  }

  async offsetsAt(topic: string, timeMs: number): Promise<{ partition: number; offset: bigint }[]> {
    return (await this.admin.fetchTopicOffsetsByTimestamp(topic, timeMs)).map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }));
  }

  async setPositions(groupId: string, positions: readonly (TopicPartition & { readonly offset: bigint })[]): Promise<void> {
    for (const [topic, places] of Map.groupBy(positions, (position) => position.topic)) {
      await this.admin.setOffsets({ groupId, topic, partitions: places.map(({ partition, offset }) => ({ partition, offset: String(offset) })) });
    }
  }

  async groupIds(): Promise<string[]> {
    return (await this.admin.listGroups()).groups.map(({ groupId }) => groupId);
  }

  async groupStates(groupIds: readonly string[]): Promise<GroupState[]> {
    if (groupIds.length === 0) return [];
    const { groups } = await this.admin.describeGroups([...groupIds]);
    return groups.map(({ groupId, state, members }) => ({ groupId, state, members: members.length }));
  }

  async deleteGroup(groupId: string): Promise<void> {
    await this.admin.deleteGroups([groupId]);
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.admin.deleteTopics({ topics: [...names] });
  }
}
