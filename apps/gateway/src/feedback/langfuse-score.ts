import { canonicalJson, idSchema, isKnownFeedbackName, metricOf, type Feedback, type FeedbackMetrics } from '@ratchet/domain';
import { derivedId, newEventId } from '@ratchet/observability';
import { z } from 'zod';
import type { FeedbackInput } from './feedback-event.js';
import type { RecentInteractions } from './recent-interactions.js';

const optionalId = idSchema.nullish().transform((id) => id ?? undefined);

/** The body of `POST /api/public/scores`, as Langfuse's clients send it; what else they send is left alone. */
export const langfuseScoreSchema = z
  .object({
    id: optionalId,
    traceId: optionalId,
    sessionId: optionalId,
    observationId: optionalId,
    name: idSchema,
    value: z.union([z.number(), z.string(), z.boolean()]),
    dataType: z.enum(['NUMERIC', 'CATEGORICAL', 'BOOLEAN', 'TEXT', 'CORRECTION']).nullish(),
    comment: z.string().max(20_000).nullish(),
  })
  .superRefine(({ traceId, sessionId, value, dataType }, context) => {
    const issue = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (traceId === undefined && sessionId === undefined) issue('traceId', 'traceId or sessionId is needed');
    if (dataType === 'NUMERIC' && typeof value !== 'number') issue('value', 'a NUMERIC score has a number');
    if (dataType === 'BOOLEAN' && typeof value !== 'boolean' && value !== 0 && value !== 1) issue('value', 'a BOOLEAN score is 1 or 0');
    if ((dataType === 'CATEGORICAL' || dataType === 'TEXT' || dataType === 'CORRECTION') && typeof value !== 'string') issue('value', `a ${dataType} score has a string`);
  });
export type LangfuseScore = z.infer<typeof langfuseScoreSchema>;

const isHex = (id: string, length: number): boolean => id.length === length && /^[0-9a-f]+$/u.test(id);

/**
 * A session is a conversation; an observation is an interaction, and so is a trace of one request. Spans that came by OpenTelemetry have the
 * interaction id `trace-span`, and where they name no session, the trace is the conversation.
 */
const subjectOf = ({ traceId, sessionId, observationId }: LangfuseScore, interactions: RecentInteractions): Pick<FeedbackInput, 'conversationId' | 'interactionId'> => {
  const candidates = [observationId !== undefined && traceId !== undefined ? `${traceId}-${observationId}` : undefined, observationId, traceId].filter((id) => id !== undefined);
  const known = candidates.find((id) => interactions.conversationOf(id) !== undefined);
  if (known !== undefined) return { interactionId: known, ...(sessionId !== undefined && { conversationId: sessionId }) };
  const isSpan = traceId !== undefined && isHex(traceId, 32);
  const conversationId = sessionId ?? traceId;
  if (observationId === undefined && (isSpan || traceId === undefined || interactions.workloadOf(traceId) !== undefined)) return { ...(conversationId !== undefined && { conversationId }) };
  const interactionId = observationId === undefined ? traceId : isSpan && isHex(observationId, 16) ? `${traceId}-${observationId}` : observationId;
  return { ...(conversationId !== undefined && { conversationId }), ...(interactionId !== undefined && { interactionId }) };
};

const sayingOf = ({ name, value, dataType }: LangfuseScore, metrics: FeedbackMetrics): Pick<Feedback, 'name' | 'value' | 'correction' | 'comment'> => {
  if (dataType === 'CORRECTION') return { name: 'correction', correction: String(value) };
  if (name === 'correction' && typeof value === 'string') return { name, correction: value };
  if (dataType === 'TEXT' && !isKnownFeedbackName(metrics, name)) return { name: 'comment', comment: String(value) };
  const isYesNo = dataType === 'BOOLEAN' || metricOf(metrics, name)?.type === 'boolean';
  return { name, value: isYesNo && (value === 0 || value === 1) ? value === 1 : value };
};

/** A score as feedback. Scores of one id replace each other, as they do there: what a score says is part of its feedback's id. */
export const feedbackOfScore = (score: LangfuseScore, { metrics, interactions }: { metrics: FeedbackMetrics; interactions: RecentInteractions }): { id: string; feedback: FeedbackInput } => {
  const id = score.id ?? newEventId();
  const said = { ...subjectOf(score, interactions), ...sayingOf(score, metrics), ...(typeof score.comment === 'string' && { comment: score.comment }) };
  const source = { type: metricOf(metrics, said.name) === undefined ? ('user' as const) : ('code' as const) };
  return { id, feedback: { ...said, feedbackId: derivedId('langfuse-score', id, canonicalJson(said)), source } };
};
