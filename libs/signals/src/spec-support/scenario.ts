import type { Feedback, Interaction } from '@ratchet/domain';
import type { Assessment } from '../tracker/conversation-tracker.js';
import { ConversationTracker, type ConversationTrackerOptions } from '../tracker/conversation-tracker.js';
import type { Emission, TrackedEvent } from '../tracker/tracked-record.js';

export const START_MS = Date.parse('2026-03-02T09:00:00.000Z');
export const at = (seconds: number): string => new Date(START_MS + seconds * 1_000).toISOString();

type Extra = Partial<Omit<Interaction, 'conversationId'>> & { readonly seconds?: number; readonly conversationId?: string };

/** Builds records for specs and keeps what the tracker says to them. Seconds count from one fixed start; a reply takes one. */
export class Scenario {
  readonly tracker: ConversationTracker;
  readonly assessments: Assessment[] = [];
  readonly emissions: Emission[] = [];
  #offset = 0n;
  #count = 0;

  constructor(options: ConversationTrackerOptions = {}) {
    this.tracker = new ConversationTracker({ ...options, onAssessed: (assessment) => this.assessments.push(assessment) });
  }

  send(event: TrackedEvent, seconds: number): Emission[] {
    const emitted = this.tracker.apply({ event, eventId: `event-${this.#offset}`, offset: this.#offset, timeMs: START_MS + seconds * 1_000 });
    this.#offset += 1n;
    this.emissions.push(...emitted);
    return emitted;
  }

  ask(query: string, reply: string | null, { seconds = 0, conversationId = 'c1', ...extra }: Extra = {}): Emission[] {
    this.#count += 1;
    const data: Interaction = {
      interactionId: `i${this.#count}`,
      conversationId,
      workload: 'support',
      model: 'assistant',
      version: 'v1',
      input: [{ role: 'user', content: query }],
      output: reply === null ? null : { content: reply },
      startedAt: at(seconds),
      latencyMs: 1_000,
      ...extra,
    };
    return this.send({ type: 'ratchet.interaction.completed', data }, seconds + 1);
  }

  feedback(feedback: Pick<Feedback, 'name'> & Partial<Feedback>, seconds: number): Emission[] {
    const data: Feedback = { feedbackId: `f${this.#offset}`, conversationId: 'c1', source: { type: 'user' }, givenAt: at(seconds), ...feedback };
    return this.send({ type: 'ratchet.feedback.given', data }, seconds);
  }

  handoff(seconds: number): Emission[] {
    return this.send({ type: 'ratchet.handoff.requested', data: { conversationId: 'c1', requestedAt: at(seconds) } }, seconds);
  }

  end(seconds: number, { taskCompleted, conversationId = 'c1' }: { taskCompleted?: boolean; conversationId?: string } = {}): Emission[] {
    const data = { conversationId, endedAt: at(seconds), ...(taskCompleted !== undefined && { taskCompleted }) };
    return this.send({ type: 'ratchet.conversation.ended', data }, seconds);
  }

  clock(seconds: number): Emission[] {
    return this.send({ type: 'ratchet.clock.advanced', data: { advancedTo: at(seconds) } }, seconds);
  }

  /** The first interaction's verdict. */
  first(): Assessment {
    const [assessment] = this.assessments;
    if (assessment === undefined) throw new Error('No interaction has been judged yet.');
    return assessment;
  }
}

export const namesOf = ({ signals }: Pick<Assessment, 'signals'>): string[] => signals.map(({ name }) => name);
