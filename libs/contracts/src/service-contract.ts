import { topicOf } from './topics.js';
import type { EventDefinition } from '@ratchet/domain';

/** What a service reads and writes: the first file to open. `service` is also its consumer group and its database schema. */
export interface ServiceContract {
  readonly service: string;
  readonly consumes: readonly EventDefinition[];
  readonly produces: readonly EventDefinition[];
}

/** Throws where the catalogue does not name the service as consumer or producer of an event's topic. */
export const defineService = (contract: ServiceContract): ServiceContract => {
  for (const event of contract.consumes) {
    if (!topicOf(event).consumers.includes(contract.service)) throw new Error(`${topicOf(event).name} does not list ${contract.service} as a consumer`);
  }
  for (const event of contract.produces) {
    if (!topicOf(event).producers.includes(contract.service)) throw new Error(`${topicOf(event).name} does not list ${contract.service} as a producer`);
  }
  return contract;
};

/** What a service writes without another one: where such a topic is empty, none of its events is on it. Of the command line's, nobody could know. */
export const topicsWrittenAloneBy = ({ service, produces }: ServiceContract): string[] =>
  [...new Set(produces.map(topicOf))].filter(({ producers }) => producers.every((producer) => producer === service || producer === 'cli')).map(({ name }) => name);

export const topicsConsumedBy = ({ consumes }: ServiceContract): string[] => [...new Set(consumes.map((event) => topicOf(event).name))];
