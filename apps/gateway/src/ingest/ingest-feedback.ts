import type { EventEnvelope } from '@ratchet/contracts';
import { canonicalJson, feedbackGiven, feedbackSchema, handoffRequested, idSchema, instantSchema, type Feedback, type HandoffRequested } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import { z } from 'zod';

const SOURCE = '/ratchet/gateway';

export type Accepted<Data> = { readonly ok: true; readonly event: EventEnvelope<Data> } | { readonly ok: false; readonly message: string };

const feedbackInput = z.object({
  ...feedbackSchema.shape,
  feedbackId: idSchema.optional(),
  givenAt: instantSchema.optional(),
  source: feedbackSchema.shape.source.optional(),
});

const handoffInput = z.object({ ...handoffRequested.schema.shape, requestedAt: instantSchema.optional() });

const read = <Schema extends z.ZodType>(schema: Schema, body: unknown): { ok: true; data: z.infer<Schema> } | { ok: false; message: string } => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return { ok: true, data: parsed.data };
  return { ok: false, message: parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ') };
};

/**
 * Plain feedback as an event. Without an id of its own, feedback is what it says: the same words about the same interaction by the same person
 * have the same id, so that a repeated request counts once.
 */
export const feedbackEvent = (body: unknown, { now, userId }: { now: string; userId: string | undefined }): Accepted<Feedback> => {
  const input = read(feedbackInput, body);
  if (!input.ok) return input;
  const source = input.data.source ?? { type: 'user' as const, ...(userId !== undefined && { id: userId }) };
  const said = { ...input.data, source };
  const data = { ...said, feedbackId: said.feedbackId ?? derivedId('feedback', canonicalJson(said)), givenAt: said.givenAt ?? now } as Feedback;
  return { ok: true, event: { id: derivedId(feedbackGiven.type, data.feedbackId), source: SOURCE, type: feedbackGiven.type, time: data.givenAt, data } };
};

/** A wish for a person as an event; the same wish has the same id. */
export const handoffEvent = (body: unknown, { now }: { now: string }): Accepted<HandoffRequested> => {
  const input = read(handoffInput, body);
  if (!input.ok) return input;
  const data = { ...input.data, requestedAt: input.data.requestedAt ?? now } as HandoffRequested;
  const id = derivedId(handoffRequested.type, canonicalJson(input.data));
  return { ok: true, event: { id, source: SOURCE, type: handoffRequested.type, time: data.requestedAt, data } };
};
