import { type LoggedEvent, readLogLine } from '@ratchet/signals';
import type { LogFormat, LogReader } from './log-format.js';

/** A conversation on a line is complete; events of one conversation may be lines apart, so they wait for the end. */
class NativeReader implements LogReader {
  readonly ignored = new Map<string, number>();
  readonly #events: LoggedEvent[] = [];

  read(value: unknown, line: number): readonly LoggedEvent[] {
    const events = readLogLine(value, line);
    // What follows events in the input follows them in the output, too.
    if (this.#events.length === 0 && typeof value === 'object' && value !== null && 'turns' in value) return events;
    for (const event of events) this.#events.push(event);
    return [];
  }

  end(): readonly LoggedEvent[] {
    return this.#events;
  }
}

export const nativeLog: LogFormat = {
  name: 'native',
  lines: 'a conversation {id, turns: [{role, text, at?}]}, or a structured CloudEvent of those that products send',
  recognises: (value) => 'turns' in value || 'specversion' in value,
  open: () => new NativeReader(),
};
