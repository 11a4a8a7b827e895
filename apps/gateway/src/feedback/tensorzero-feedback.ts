import { idSchema, metricOf, type FeedbackMetrics } from '@ratchet/domain';
import { newEventId } from '@ratchet/observability';
import { z } from 'zod';
import type { FeedbackInput } from './feedback-event.js';
import type { RecentInteractions } from './recent-interactions.js';

/** The body of `POST /feedback`, as TensorZero's clients send it. */
export const tensorZeroFeedbackSchema = z.object({
  episode_id: idSchema.nullish(),
  inference_id: idSchema.nullish(),
  metric_name: idSchema,
  value: z.unknown(),
  tags: z.record(z.string(), z.string()).default({}),
  dryrun: z.boolean().nullish(),
});
type TensorZeroFeedback = z.infer<typeof tensorZeroFeedbackSchema>;

export type TensorZeroMapped = { readonly ok: true; readonly feedback: FeedbackInput & { feedbackId: string } } | { readonly ok: false; readonly message: string };

const textBlock = z.object({ type: z.literal('text'), text: z.string() });

/** A demonstration is what the output should have been: a string, content blocks, or any JSON. */
const textOfOutput = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  const blocks = z.array(textBlock).safeParse(value);
  if (blocks.success) return blocks.data.map(({ text }) => text).join('\n');
  return value === null || value === undefined ? undefined : JSON.stringify(value);
};

const sayingOf = ({ metric_name: name, value }: TensorZeroFeedback, metrics: FeedbackMetrics): Pick<FeedbackInput, 'name' | 'value' | 'comment' | 'correction'> | string => {
  if (name === 'comment') return typeof value === 'string' ? { name, comment: value } : 'Feedback value for a comment must be a string';
  if (name === 'demonstration') {
    const correction = textOfOutput(value);
    return correction === undefined ? 'Feedback value for a demonstration must be an output' : { name: 'correction', correction };
  }
  const type = metricOf(metrics, name)?.type;
  if (type !== undefined && typeof value !== type) return `Feedback value for metric \`${name}\` must be a ${type}`;
  if (typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'string') return `Feedback value for metric \`${name}\` must be a number, a boolean or a string`;
  return { name, value };
};

/** An episode is a conversation, an inference an interaction; the tag `user_id` says who gave it. */
export const feedbackOfTensorZero = (body: TensorZeroFeedback, { metrics, interactions }: { metrics: FeedbackMetrics; interactions: RecentInteractions }): TensorZeroMapped => {
  const { episode_id: episode, inference_id: inference, metric_name: name, tags } = body;
  if (typeof episode === 'string' && typeof inference === 'string') return { ok: false, message: 'Both episode_id and inference_id cannot be provided' };
  const subject = typeof inference === 'string' ? { interactionId: inference, conversationId: interactions.conversationOf(inference) ?? inference } : typeof episode === 'string' ? { conversationId: episode } : undefined;
  if (subject === undefined) return { ok: false, message: 'Exactly one of inference_id or episode_id must be provided' };
  if (name === 'demonstration' && typeof inference !== 'string') return { ok: false, message: 'Correct ID was not provided for feedback level "inference".' };
  const said = sayingOf(body, metrics);
  if (typeof said === 'string') return { ok: false, message: said };
  const user = tags['user_id'];
  const source = { type: metricOf(metrics, said.name) === undefined ? ('user' as const) : ('code' as const), ...(user !== undefined && user !== '' && { id: user.slice(0, 200) }) };
  return { ok: true, feedback: { ...subject, ...said, feedbackId: newEventId(), source } };
};
