import type { EventEnvelope } from '@ratchet/contracts';
import { canonicalJson, feedbackGiven, feedbackSchema, idSchema, instantSchema, type Feedback } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import { z } from 'zod';

const SOURCE = '/ratchet/gateway';

export type Accepted<Data> = { readonly ok: true; readonly event: EventEnvelope<Data> } | { readonly ok: false; readonly message: string };

const feedbackInput = z.object({
  ...feedbackSchema.shape,
  feedbackId: idSchema.optional(),
  conversationId: idSchema.optional(),
  givenAt: instantSchema.optional(),
  source: feedbackSchema.shape.source.optional(),
});
export type FeedbackInput = z.infer<typeof feedbackInput>;

/** The body by its schema, or the first fields that are wrong. */
export const readBody = <Schema extends z.ZodType>(schema: Schema, body: unknown): { ok: true; data: z.infer<Schema> } | { ok: false; message: string } => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return { ok: true, data: parsed.data };
  return { ok: false, message: parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ') };
};

export const readFeedback = (body: unknown): { ok: true; data: FeedbackInput } | { ok: false; message: string } => readBody(feedbackInput, body);

export interface FeedbackContext {
  readonly now: string;
  readonly userId: string | undefined;
  /** Where the request says it: then it need not be known which conversation it is of. */
  readonly workload: string | undefined;
}

/**
 * Plain feedback as an event. Without an id of its own, feedback is what it says: the same words about the same interaction by the same person
 * have the same id, so that a repeated request counts once. `saying` is what a second request with the same id must say as well.
 */
export const feedbackEvent = (input: FeedbackInput & { conversationId: string }, { now, userId, workload }: FeedbackContext): { event: EventEnvelope<Feedback>; saying: string } => {
  const source = input.source ?? { type: 'user' as const, ...(userId !== undefined && { id: userId }) };
  const { feedbackId, givenAt, ...said } = { ...input, source };
  const saying = canonicalJson(said);
  const data = { ...said, feedbackId: feedbackId ?? derivedId('feedback', saying), givenAt: givenAt ?? now } as Feedback;
  const extensions = workload === undefined ? undefined : { extensions: { workload } };
  return { saying, event: { id: derivedId(feedbackGiven.type, data.feedbackId), source: SOURCE, type: feedbackGiven.type, time: data.givenAt, ...extensions, data } };
};
