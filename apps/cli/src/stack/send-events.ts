import { topicCatalogue } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { EventProducer } from '@ratchet/kafka';
import type { KafkaClient } from '@ratchet/kafka';
import { requireTopics } from './kafka-access.js';

/** Runs `work` with a producer that is closed afterwards. */
export const withProducer = async <T>(kafka: KafkaClient, work: (producer: EventProducer) => Promise<T>): Promise<T> => {
  const producer = new EventProducer(kafka);
  try {
    return await work(producer);
  } finally {
    await producer.close();
  }
};

/** The topics that events of these types go to. */
export const topicsOfTypes = (types: ReadonlySet<string>): string[] =>
  topicCatalogue.filter(({ events }) => events.some(({ definition }) => types.has(definition.type))).map(({ name }) => name);

/** Sends a few events, in order, and returns when Kafka has them. Each goes alone where an event may be large. */
export const sendEvents = async (kafka: KafkaClient, events: readonly EventEnvelope[]): Promise<void> => {
  await requireTopics(kafka, topicsOfTypes(new Set(events.map(({ type }) => type))));
  await withProducer(kafka, async (producer) => {
    for (const event of events) await producer.send([event]);
  });
};
