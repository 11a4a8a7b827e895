import type { EventData, EventDefinition, EventEnvelope } from '@ratchet/contracts';
import { newEventId } from '@ratchet/observability';
import { UsageError } from '../command-module.js';

/**
 * An event that this command line sends.
 *
 * @throws {UsageError} where the data break a rule of the event
 */
export const cliEvent = <D extends EventDefinition>(definition: D, data: EventData<D>, id: string = newEventId()): EventEnvelope<EventData<D>> => {
  const parsed = definition.schema.safeParse(data);
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(({ path, message }) => `${path.join('.') || definition.type}: ${message}`).join('; '));
  return { id, source: '/ratchet/cli', type: definition.type, time: new Date().toISOString(), data };
};
