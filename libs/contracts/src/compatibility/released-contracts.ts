import { z } from 'zod';
import type { TopicSpec } from '../topics.js';
import { schemaChanges } from './schema-changes.js';
import type { JsonSchema, SchemaChange } from './schema-changes.js';

/** What others rely on of a topic. */
export interface TopicContract {
  readonly name: string;
  readonly key: string;
  readonly cleanup: string;
  readonly events: Readonly<Record<string, JsonSchema>>;
}

/** The part of an AsyncAPI document that holds it. */
export interface AsyncApiDocument {
  readonly channels: Readonly<Record<string, { readonly address: string; readonly messages: Readonly<Record<string, unknown>>; readonly bindings: { readonly kafka: { readonly topicConfiguration: { readonly 'cleanup.policy': readonly string[] } } } }>>;
  readonly components: { readonly messages: Readonly<Record<string, { readonly name: string; readonly payload: JsonSchema; readonly bindings: { readonly kafka: { readonly key: { readonly description: string } } } }>> };
}

export const contractsOfDocument = ({ channels, components }: AsyncApiDocument): TopicContract[] =>
  Object.values(channels).map(({ address, messages, bindings }) => {
    const known = Object.keys(messages).flatMap((name) => components.messages[name] ?? []);
    return { name: address, key: known[0]?.bindings.kafka.key.description ?? '', cleanup: bindings.kafka.topicConfiguration['cleanup.policy'].join(), events: Object.fromEntries(known.map(({ name, payload }) => [name, payload])) };
  });

export const contractsOfCatalogue = (topics: readonly TopicSpec[]): TopicContract[] =>
  topics.map(({ name, key, cleanup, events }) => ({
    name,
    key,
    cleanup,
    events: Object.fromEntries(events.map(({ definition: { type, schema } }) => [type, z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as JsonSchema])),
  }));

/** Everything about the topics by which a service of the last release, or a product, could fail beside one of this release. */
export const contractChanges = (released: readonly TopicContract[], current: readonly TopicContract[]): SchemaChange[] => {
  const byName = new Map(current.map((topic) => [topic.name, topic]));
  return released.flatMap((before): SchemaChange[] => {
    const after = byName.get(before.name);
    if (!after) return [{ at: before.name, kind: 'removed', what: 'the topic is gone' }];
    return [
      ...(after.key === before.key ? [] : [{ at: before.name, kind: 'narrowed' as const, what: `its key was ${before.key} and is ${after.key}` }]),
      ...(after.cleanup === before.cleanup ? [] : [{ at: before.name, kind: 'narrowed' as const, what: `its cleanup policy was ${before.cleanup} and is ${after.cleanup}` }]),
      ...Object.entries(before.events).flatMap(([type, schema]): SchemaChange[] => {
        const next = after.events[type];
        return next ? schemaChanges(schema, next, `${type}: `) : [{ at: type, kind: 'removed', what: `it is no longer in ${before.name}` }];
      }),
    ];
  });
};

const ADVICE: Readonly<Record<SchemaChange['kind'], string>> = {
  removed: 'put it back: what is no longer needed goes with the next version of its topic',
  'newly required': 'make it optional, and say in its comment since when it is written',
  'no longer required': 'keep it required, and write a value that readers understand',
  narrowed: 'accept what was accepted, or write a topic of the next version beside this one until no group reads this one',
  widened: 'keep to what readers of the last release accept, or put the new in a further, optional field',
};

/** One line for people: what changed, and what to do about it. */
export const describeChange = ({ at, kind, what }: SchemaChange): string => `${at.replace(/: $/, '')}: ${kind}: ${what}; ${ADVICE[kind]}`;
