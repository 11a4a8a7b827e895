import { canonicalJson, handoffRequested, instantSchema, type HandoffRequested } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import { z } from 'zod';
import { readBody, type Accepted } from '../feedback/feedback-event.js';

const SOURCE = '/ratchet/gateway';

const handoffInput = z.object({ ...handoffRequested.schema.shape, requestedAt: instantSchema.optional() });

/** A wish for a person as an event; the same wish has the same id. */
export const handoffEvent = (body: unknown, { now }: { now: string }): Accepted<HandoffRequested> => {
  const input = readBody(handoffInput, body);
  if (!input.ok) return input;
  const data = { ...input.data, requestedAt: input.data.requestedAt ?? now } as HandoffRequested;
  const id = derivedId(handoffRequested.type, canonicalJson(input.data));
  return { ok: true, event: { id, source: SOURCE, type: handoffRequested.type, time: data.requestedAt, data } };
};
