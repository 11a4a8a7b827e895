import { createHash } from 'node:crypto';
import type { FeedbackMetrics } from '@ratchet/domain';
import type { TraceSpan } from '@ratchet/observability';
import { inTraceOf } from '../http/request-tracing.js';
import type { EventSink } from '../sink/event-sink.js';
import { problemOfFeedback, type FeedbackProblem } from './check-feedback.js';
import { feedbackEvent, type FeedbackContext, type FeedbackInput } from './feedback-event.js';
import type { RecentInteractions } from './recent-interactions.js';
import { RecentMap } from './recent-map.js';

const IDS_KEPT_MAX = 10_000;

export interface FeedbackDeskOptions {
  readonly metrics: FeedbackMetrics;
  readonly sink: Pick<EventSink, 'add'>;
  readonly interactions: RecentInteractions;
}

export type Taken =
  | { readonly outcome: 'accepted'; readonly feedbackId: string }
  | { readonly outcome: 'refused'; readonly problem: FeedbackProblem | { readonly code: 'no_conversation'; readonly param: 'conversationId'; readonly message: string } }
  | { readonly outcome: 'conflict'; readonly feedbackId: string }
  | { readonly outcome: 'no_room' };

/** Takes feedback in whatever shape it came, once an id. */
export class FeedbackDesk {
  /** What feedback of an id said, as far as this process remembers; the detector knows repeats for as long as the conversation is open. */
  private readonly sayings = new RecentMap<string>(IDS_KEPT_MAX);

  constructor(private readonly options: FeedbackDeskOptions) {}

  get metrics(): FeedbackMetrics {
    return this.options.metrics;
  }

  get interactions(): RecentInteractions {
    return this.options.interactions;
  }

  take(input: FeedbackInput, context: FeedbackContext, { dryRun = false, span }: { readonly dryRun?: boolean; readonly span?: TraceSpan | undefined } = {}): Taken {
    const { metrics, interactions, sink } = this.options;
    const problem = problemOfFeedback(metrics, input);
    if (problem !== undefined) return { outcome: 'refused', problem };
    const conversationId = input.conversationId ?? (input.interactionId === undefined ? undefined : interactions.conversationOf(input.interactionId));
    if (conversationId === undefined) {
      const message = 'conversationId: is needed, since no interaction by that id passed this gateway of late.';
      return { outcome: 'refused', problem: { code: 'no_conversation', param: 'conversationId', message } };
    }
    const { event, saying } = feedbackEvent({ ...input, conversationId }, context);
    const { feedbackId } = event.data;
    const digest = createHash('sha256').update(saying).digest('base64');
    const known = this.sayings.get(feedbackId);
    if (known !== undefined && known !== digest) return { outcome: 'conflict', feedbackId };
    if (known === undefined && !dryRun) {
      if (!sink.add(inTraceOf(span, event))) return { outcome: 'no_room' };
      this.sayings.set(feedbackId, digest);
    }
    return { outcome: 'accepted', feedbackId };
  }
}
