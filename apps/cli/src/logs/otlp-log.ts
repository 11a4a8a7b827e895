import { eventOfSpan, interactionsOfOtlpJson } from '@ratchet/genai-spans';
import { type LoggedEvent, LogLineError } from '@ratchet/signals';
import type { LogFormat, LogReader } from './log-format.js';

/** Spans end in another order than they begin, and those of a conversation may be lines apart. */
class OtlpReader implements LogReader {
  readonly ignored = new Map<string, number>();
  readonly #events: LoggedEvent[] = [];

  read(value: unknown, line: number): readonly LoggedEvent[] {
    const { interactions, ignored, problems } = interactionsOfOtlpJson(value);
    const [problem] = problems;
    if (problem !== undefined) throw new LogLineError(`${problem.spanId === undefined ? 'a span' : `span ${problem.spanId}`}: ${problem.message}`);
    if (ignored > 0) this.ignored.set('spans that are no model requests', (this.ignored.get('spans that are no model requests') ?? 0) + ignored);
    for (const interaction of interactions) {
      const { id, data } = eventOfSpan(interaction);
      this.#events.push({ event: { type: 'ratchet.interaction.completed', data }, eventId: id, line, timeMs: Date.parse(data.startedAt) + data.latencyMs });
    }
    return [];
  }

  end(): readonly LoggedEvent[] {
    return this.#events.sort((a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0));
  }
}

export const otlpLog: LogFormat = {
  name: 'otlp',
  lines: "a trace request of OpenTelemetry as JSON, {resourceSpans}, as the collector's file exporter writes it",
  recognises: (value) => 'resourceSpans' in value,
  open: () => new OtlpReader(),
};
