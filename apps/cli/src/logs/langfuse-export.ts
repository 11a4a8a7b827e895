import type { Feedback, Interaction, Message } from '@ratchet/domain';
import { type LoggedEvent, LogLineError } from '@ratchet/signals';
import { isObject, type JsonObject } from '../json-input.js';
import { contentText, messagesOf } from './chat-messages.js';
import { idOf, loggedInteraction, type LogFormat, type LogReader, textOf, timeMsOf } from './log-format.js';

/** Rows come with names as the page and the API write them, or as the export to storage does. */
interface Row {
  readonly value: JsonObject;
  readonly line: number;
}

const field = (value: JsonObject, name: string): unknown => value[name] ?? value[name.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)];
const textField = (value: JsonObject, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const found = field(value, name);
    if (typeof found === 'string' && found !== '') return found;
  }
  return undefined;
};

/** Exports to tables write JSON as text. */
const unpacked = (value: unknown): unknown => {
  if (typeof value !== 'string' || !/^\s*[[{]/u.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

const QUERY_NAMES = ['query', 'question', 'prompt', 'text', 'message', 'input', 'content'] as const;
const ANSWER_NAMES = ['answer', 'response', 'text', 'message', 'output', 'content', 'completion'] as const;

const plainText = (value: unknown, names: readonly string[]): string => {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return value === undefined || value === null ? '' : JSON.stringify(value);
  for (const name of names) {
    const text = contentText(value[name]);
    if (text !== '') return text;
  }
  return JSON.stringify(value);
};

const inputOf = (raw: unknown): Message[] => {
  const value = unpacked(raw);
  const messages = messagesOf(isObject(value) ? value['messages'] : value);
  if (messages !== undefined && messages.length > 0) return messages;
  return [{ role: 'user', content: plainText(value, QUERY_NAMES) }];
};

const outputOf = (raw: unknown): Interaction['output'] => {
  const value = unpacked(raw);
  if (value === undefined || value === null) return null;
  const choice: unknown = isObject(value) && Array.isArray(value['choices']) ? (value['choices'] as readonly unknown[])[0] : undefined;
  const message: unknown = (isObject(choice) ? choice['message'] : undefined) ?? messagesOf(value)?.at(-1) ?? value;
  return { content: plainText(message, ANSWER_NAMES) };
};

const isScore = (value: JsonObject): boolean => field(value, 'dataType') !== undefined && 'name' in value && ('value' in value || field(value, 'stringValue') !== undefined);
const isObservation = (value: JsonObject): boolean => typeof value['type'] === 'string' && (field(value, 'startTime') !== undefined || field(value, 'traceId') !== undefined);
const isTrace = (value: JsonObject): boolean => typeof value['id'] === 'string' && ('timestamp' in value || 'sessionId' in value || 'session_id' in value) && ('input' in value || 'output' in value || 'name' in value);
/** Downloads of one trace or session, and pages of the API, hold their rows in lists. */
const LISTS = ['data', 'traces', 'observations', 'scores'] as const;

const THUMBS = /thumb|feedback|like|helpful|satisf/iu;
const FEEDBACK_SOURCES: Readonly<Record<string, Feedback['source']['type']>> = { API: 'user', ANNOTATION: 'reviewer' };

/** What people said: scores of an automatic evaluation are another machine's opinion, and no feedback. */
const feedbackOf = (value: JsonObject): Pick<Feedback, 'name' | 'value' | 'source'> | undefined => {
  const source = FEEDBACK_SOURCES[textField(value, 'source') ?? 'API'];
  const name = textField(value, 'name') ?? '';
  const score = value['value'];
  const text = textField(value, 'stringValue');
  if (source === undefined) return undefined;
  if (typeof score === 'number' && (field(value, 'dataType') === 'BOOLEAN' || THUMBS.test(name)) && [-1, 0, 1].includes(score)) return { name: 'thumbs', value: score, source: { type: source } };
  if (typeof score === 'number' && score >= 1 && score <= 5 && /rating|stars?|csat/iu.test(name)) return { name: 'rating', value: score, source: { type: source } };
  return /correct/iu.test(name) && text !== undefined ? { name: 'correction', value: text, source: { type: source } } : undefined;
};

/**
 * Traces, observations and scores in any order. A trace with input and output is an interaction, and its generations are steps on the way
 * to it; where it has none, or is not in the file, every generation is an interaction.
 */
class LangfuseReader implements LogReader {
  readonly ignored = new Map<string, number>();
  readonly #traces = new Map<string, Row>();
  readonly #generations: Row[] = [];
  readonly #scores: Row[] = [];

  read(value: unknown, line: number): readonly LoggedEvent[] {
    if (!this.#take(value, line)) throw new LogLineError('expected a trace, an observation or a score of Langfuse, or an object with a list of them');
    return [];
  }

  end(): readonly LoggedEvent[] {
    const whole = [...this.#traces.values()].filter(({ value }) => value['input'] !== undefined && value['input'] !== null && value['output'] !== undefined && value['output'] !== null);
    const answered = new Set(whole.map(({ value }) => value['id']));
    const steps = this.#generations.filter(({ value }) => answered.has(field(value, 'traceId')));
    if (steps.length > 0) this.#pass('generations within an answered trace', steps.length);
    const single = this.#generations.filter((row) => !steps.includes(row));
    const events = [...whole, ...single].map((row) => this.#interaction(row)).sort((a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0));
    return [...events, ...this.#feedback(events)];
  }

  #pass(reason: string, count = 1): void {
    this.ignored.set(reason, (this.ignored.get(reason) ?? 0) + count);
  }

  #take(value: unknown, line: number): boolean {
    if (!isObject(value)) return false;
    const lists = [...LISTS.map((name) => value[name]).filter((list): list is readonly unknown[] => Array.isArray(list)), ...(isObject(value['trace']) ? [[value['trace']]] : [])];
    const known = this.#takeRow(value, line);
    const inLists = lists.flat().map((item) => this.#take(item, line));
    if (inLists.includes(false)) throw new LogLineError('one of the listed rows is no trace, observation or score');
    return known || inLists.length > 0;
  }

  #takeRow(value: JsonObject, line: number): boolean {
    if (isScore(value)) this.#scores.push({ value, line });
    else if (isObservation(value)) {
      if (value['type'] === 'GENERATION') this.#generations.push({ value, line });
      else this.#pass('observations that are no generations');
    } else if (isTrace(value)) this.#traces.set(String(value['id']), { value, line });
    else return false;
    return true;
  }

  #interaction({ value, line }: Row): LoggedEvent {
    const traceId = textField(value, 'traceId');
    const trace = traceId === undefined ? value : (this.#traces.get(traceId)?.value ?? value);
    const output = outputOf(value['output']);
    const failed = value['level'] === 'ERROR';
    return loggedInteraction({
      line,
      interactionId: idOf(textOf(value, 'id') ?? `line-${line}`),
      conversationId: idOf(textField(trace, 'sessionId') ?? textField(value, 'sessionId') ?? traceId ?? textOf(value, 'id') ?? `line-${line}`),
      workload: textField(value, 'traceName') ?? textField(trace, 'name'),
      model: textField(value, 'providedModelName', 'model'),
      version: textField(value, 'version', 'release') ?? textField(trace, 'version', 'release'),
      userId: textField(value, 'userId') ?? textField(trace, 'userId'),
      input: inputOf(value['input']),
      output: failed ? null : output,
      error: failed ? { type: 'error', message: textField(value, 'statusMessage') ?? '' } : undefined,
      startedMs: timeMsOf(field(value, 'startTime') ?? value['timestamp']),
      endedMs: timeMsOf(field(value, 'endTime')),
    });
  }

  #feedback(events: readonly LoggedEvent[]): LoggedEvent[] {
    const interactions = new Map(events.flatMap(({ event }) => (event.type === 'ratchet.interaction.completed' ? [[event.data.interactionId, event.data] as const] : [])));
    return this.#scores.flatMap(({ value, line }) => {
      const given = feedbackOf(value);
      const about = [field(value, 'observationId'), field(value, 'traceId')].map((id) => interactions.get(String(id))).find((found) => found !== undefined);
      if (given === undefined || about === undefined) {
        this.#pass(given === undefined ? 'scores that are no feedback of people' : 'scores of what is not in the file');
        return [];
      }
      const id = idOf(textOf(value, 'id') ?? `score-${line}`);
      const givenMs = timeMsOf(value['timestamp'] ?? field(value, 'createdAt'));
      const comment = textField(value, 'comment');
      const { conversationId, interactionId, startedAt } = about;
      const words = given.name === 'correction' ? { correction: String(given.value) } : { value: given.value as number };
      const data: Feedback = { feedbackId: id, conversationId, interactionId, name: given.name, ...words, ...(comment !== undefined && { comment }), source: given.source, givenAt: givenMs === undefined ? startedAt : new Date(givenMs).toISOString() };
      return [{ event: { type: 'ratchet.feedback.given' as const, data }, eventId: id, line, timeMs: givenMs }];
    });
  }
}

const holdsRows = (value: JsonObject): boolean => LISTS.some((name) => Array.isArray(value[name]) && (value[name] as readonly unknown[]).some((row) => isObject(row) && (isScore(row) || isObservation(row) || isTrace(row) || holdsRows(row))));

export const langfuseExport: LogFormat = {
  name: 'langfuse',
  lines: 'a trace, an observation or a score of Langfuse, as its exports, downloads and API write them',
  recognises: (value) => isScore(value) || isObservation(value) || isTrace(value) || holdsRows(value),
  open: () => new LangfuseReader(),
};
