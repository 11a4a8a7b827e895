import { checkStructured, isEvent, topics, type EventEnvelope } from '@ratchet/contracts';
import { conversationEnded, feedbackGiven, handoffRequested, interactionCompleted, type FeedbackMetrics } from '@ratchet/domain';
import { problemOfFeedback } from '../feedback/check-feedback.js';

/** The event types that products may send. */
export const publicTypes: readonly string[] = [interactionCompleted.type, feedbackGiven.type, handoffRequested.type, conversationEnded.type];

export interface EventResult {
  /** The CloudEvent's id; null where it has none. */
  readonly id: string | null;
  readonly status: 'accepted' | 'rejected';
  readonly error?: string;
}

export type Ingested = { readonly ok: true; readonly event: EventEnvelope } | { readonly ok: false; readonly result: EventResult };

/** Attributes travel as headers of the record, so they take of its room, too. */
const sizeOf = ({ data, extensions = {}, ...attributes }: EventEnvelope): number => {
  const headers = [...Object.entries(attributes), ...Object.entries(extensions)];
  return Buffer.byteLength(JSON.stringify(data)) + headers.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
};

/** Checks one structured CloudEvent from outside; an event without a time happened now. */
export const ingestEvent = (value: unknown, { receivedMs, bytesMax, metrics }: { receivedMs: number; bytesMax: number; metrics: FeedbackMetrics }): Ingested => {
  const attributes = value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  const id = typeof attributes['id'] === 'string' ? attributes['id'] : null;
  const reject = (error: string): Ingested => ({ ok: false, result: { id, status: 'rejected', error } });
  const { type } = attributes;
  if (typeof type === 'string' && !publicTypes.includes(type)) return reject(`type ${JSON.stringify(type.slice(0, 100))} is not accepted here; send one of ${publicTypes.join(', ')}`);
  const decoded = checkStructured(value, { topicName: topics.interactions.name, receivedMs });
  if (!decoded.ok) return reject(`${decoded.code}: ${decoded.message}`);
  const problem = isEvent(decoded.event, feedbackGiven) ? problemOfFeedback(metrics, decoded.event.data) : undefined;
  if (problem !== undefined) return reject(`${problem.code}: ${problem.message}`);
  if (sizeOf(decoded.event) > bytesMax) return reject(`too_large: an event has at most ${bytesMax} bytes`);
  return { ok: true, event: decoded.event };
};

/** 202 when all were taken, 200 when some were, 400 when none was. */
export const statusOf = (results: readonly EventResult[]): 200 | 202 | 400 => {
  const accepted = results.filter(({ status }) => status === 'accepted').length;
  return accepted === 0 ? 400 : accepted === results.length ? 202 : 200;
};
