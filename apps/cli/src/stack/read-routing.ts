import { isEvent, topics } from '@ratchet/contracts';
import { routingChanged, targetKey } from '@ratchet/domain';
import type { RoutingChanged, Target } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import { UsageError } from '../command-module.js';
import { readEvents } from './read-topics.js';

/** The newest routing of every target, in the order of their names. */
export const readRouting = async (kafka: KafkaClient): Promise<RoutingChanged[]> => {
  const newest = new Map<string, RoutingChanged>();
  await readEvents({
    kafka,
    topics: [topics.routing.name],
    onEvent: (event) => {
      if (!isEvent(event, routingChanged)) return;
      const key = targetKey(event.data);
      if (event.data.revision >= (newest.get(key)?.revision ?? 0)) newest.set(key, event.data);
    },
  });
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, routing]) => routing);
};

/** @throws {UsageError} that lists the targets that exist, where this one does not */
export const requireTarget = (target: Target, routing: readonly RoutingChanged[]): RoutingChanged => {
  const found = routing.find((entry) => targetKey(entry) === targetKey(target));
  if (found) return found;
  const known = routing.map(targetKey);
  throw new UsageError(`there is no target ${targetKey(target)}; ${known.length > 0 ? `there are: ${known.join(', ')}` : 'there is none yet, `npx ratchet adopt` makes the first'}`);
};
