import type { EventEnvelope } from '@ratchet/contracts';
import { eventOfSpan, interactionsOfTraces, type SpanProblem } from '@ratchet/genai-spans';

export interface SpanEvents {
  readonly events: readonly EventEnvelope[];
  readonly ignored: number;
  readonly problems: readonly SpanProblem[];
}

export interface SpanEventsOptions {
  readonly workloads: Readonly<Record<string, string>>;
  readonly eventBytesMax: number;
}

/** The events of a decoded trace request; one that Kafka would not take is a problem of its span. Never throws. */
export const spanEventsOf = (request: unknown, { workloads, eventBytesMax }: SpanEventsOptions): SpanEvents => {
  const { interactions, ignored, problems } = interactionsOfTraces(request, { workloads });
  const events: EventEnvelope[] = [];
  const tooLarge: SpanProblem[] = [];
  for (const interaction of interactions) {
    const event = eventOfSpan(interaction);
    if (Buffer.byteLength(JSON.stringify(event.data)) <= eventBytesMax) events.push(event);
    else tooLarge.push({ spanId: interaction.data.interactionId.slice(-16), message: `too_large: an event has at most ${eventBytesMax} bytes` });
  }
  return { events, ignored, problems: [...problems, ...tooLarge] };
};

const PROBLEMS_SAID_MAX = 3;

/** The first problems in words. */
export const describeProblems = (problems: readonly SpanProblem[]): string => {
  const said = problems.slice(0, PROBLEMS_SAID_MAX).map(({ spanId, message }) => `${spanId === undefined ? 'a span' : `span ${spanId}`}: ${message}`);
  return problems.length > said.length ? `${said.join('; ')}; and ${problems.length - said.length} more` : said.join('; ');
};
