import type { Interaction } from '@ratchet/domain';
import { type LoggedEvent, LogLineError } from '@ratchet/signals';
import { isObject, type JsonObject } from '../json-input.js';

/** One shape of logs. */
export interface LogFormat {
  readonly name: string;
  /** What a line of it is, for messages and help. */
  readonly lines: string;
  readonly recognises: (value: JsonObject) => boolean;
  readonly open: () => LogReader;
}

/** Reads the lines of one log, in order. Throws a `LogLineError` that says what is wrong with a line. */
export interface LogReader {
  /** Gives the conversations that the line completes; what only makes sense with other lines is kept for {@link end}. */
  read(value: unknown, line: number): readonly LoggedEvent[];
  end(): readonly LoggedEvent[];
  /** What was passed over, by reason. */
  readonly ignored: ReadonlyMap<string, number>;
}

export const objectOf = (value: unknown): JsonObject | undefined => (isObject(value) ? value : undefined);

/** The first of the names under which there is a text that is not empty, or a number. */
export const textOf = (value: JsonObject, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const found = value[name];
    if (typeof found === 'string' && found !== '') return found;
    if (typeof found === 'number') return String(found);
  }
  return undefined;
};

const ID_CHARS_MAX = 200;

/** Ids of other tools can be longer than ours. */
export const idOf = (text: string): string => text.slice(0, ID_CHARS_MAX);

/** RFC 3339, the same with a space and without a zone (UTC), seconds since the epoch, or milliseconds; undefined for anything else. */
export const timeMsOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return Number.isFinite(value) && value > 0 ? value * (value < 1e11 ? 1_000 : 1) : undefined;
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/u.test(value)) return undefined;
  const ms = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/iu.test(value) ? value.replace(' ', 'T') : `${value.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? undefined : ms;
};

/** Where a log says nothing of time. */
const UNTIMED = new Date(0).toISOString();

interface ReadInteraction extends Pick<Interaction, 'interactionId' | 'conversationId' | 'input' | 'output'> {
  readonly line: number;
  readonly workload?: string | undefined;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly userId?: string | undefined;
  readonly error?: Interaction['error'] | undefined;
  readonly startedMs?: number | undefined;
  readonly endedMs?: number | undefined;
}

/** An interaction with what a log may leave out. */
export const loggedInteraction = ({ line, startedMs, endedMs, workload = 'default', model = 'unknown', version = 'unknown', userId, error, ...rest }: ReadInteraction): LoggedEvent => {
  if (rest.input.length === 0) throw new LogLineError('there is no message');
  const latencyMs = startedMs === undefined || endedMs === undefined ? 0 : Math.max(0, endedMs - startedMs);
  const data: Interaction = {
    ...rest,
    workload: idOf(workload),
    model: idOf(model),
    version: idOf(version),
    ...(userId !== undefined && { userId: idOf(userId) }),
    ...(error && { error }),
    startedAt: startedMs === undefined ? UNTIMED : new Date(startedMs).toISOString(),
    latencyMs,
  };
  return { event: { type: 'ratchet.interaction.completed', data }, eventId: rest.interactionId, line, timeMs: startedMs === undefined ? undefined : startedMs + latencyMs };
};
