import { describe, expect, test } from '@jest/globals';
import type { LoggedEvent } from '@ratchet/signals';
import { memoryIo } from '../memory-io.js';
import { readLog } from './read-log.js';

const ignored: Record<string, number> = {};
const eventsOf = async (lines: readonly unknown[] | string, format?: string): Promise<LoggedEvent[]> => {
  const input = typeof lines === 'string' ? lines : lines.map((line) => JSON.stringify(line)).join('\n');
  const events: LoggedEvent[] = [];
  for (const name of Object.keys(ignored)) delete ignored[name];
  for await (const conversations of readLog('-', memoryIo(input), { format, onIgnored: (reason, count) => void (ignored[reason] = count) })) events.push(...conversations.flatMap((conversation) => conversation.events));
  return events;
};
/** What matters of the interactions: conversation, id, the user's last message, the answer. */
const talk = (events: readonly LoggedEvent[]): unknown[] =>
  events.flatMap(({ event }) => (event.type === 'ratchet.interaction.completed' ? [[event.data.conversationId, event.data.interactionId, event.data.input.findLast(({ role }) => role === 'user')?.content, event.data.output?.content ?? null]] : []));
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const completion = (id: string, content: string) => ({ id, object: 'chat.completion', created: 1_772_442_000, model: 'm-2026', choices: [{ index: 0, message: assistant(content), finish_reason: 'stop' }] });

describe('a log of OpenAI shapes', () => {
  test('a chat is a conversation; parts are joined, tools and pictures are passed over', async () => {
    const lines = [
      { messages: [{ role: 'system', content: 'Be kind.' }, user('where is my parcel'), assistant([{ type: 'text', text: 'In the' }, { type: 'text', text: 'box.' }]), { role: 'tool', content: '{}' }, user([{ type: 'image_url' }, { type: 'text', text: 'thanks' }])] },
      { id: 'c2', workload: 'billing', messages: [user('pay?'), assistant('By card.')] },
    ];
    const events = await eventsOf(lines);
    expect(talk(events)).toEqual([['line-1', 'line-1#1', 'where is my parcel', 'In the\nbox.'], ['line-1', 'line-1#3:closing', 'thanks', ''], ['c2', 'c2#1', 'pay?', 'By card.']]);
    expect(events.at(-1)?.event.data).toMatchObject({ workload: 'billing' });
  });

  test('requests that hold the chat so far are linked to one conversation, whatever stands between', async () => {
    const events = await eventsOf([
      { request: { model: 'm', messages: [user('hello')] }, response: completion('r1', 'Hi!') },
      { request: { model: 'm', messages: [user('where?')] }, response: completion('r2', 'There.') },
      { request: { model: 'm', messages: [user('hello'), assistant('Hi!'), user('and now?')] }, response: completion('r3', 'Go.') },
      { request: { model: 'm', messages: [user('hello'), assistant('Hi!'), user('and now?'), assistant('Go.'), user('why?')] }, response: completion('r4', 'So.') },
    ]);
    expect(talk(events)).toEqual([['line-1', 'r1', 'hello', 'Hi!'], ['line-1', 'r3', 'and now?', 'Go.'], ['line-1', 'r4', 'why?', 'So.'], ['line-2', 'r2', 'where?', 'There.']]);
    expect(events[0]?.event.data).toMatchObject({ model: 'm', version: 'm-2026', startedAt: '2026-03-02T09:00:00.000Z' });
  });

  test.each([
    ['a batch', { custom_id: 'x1', body: { model: 'm', messages: [user('a')] }, response: { status_code: 200, body: completion('r', 'b') } }, ['line-1', 'r', 'a', 'b']],
    ['a request log', { input: { model: 'm', messages: [user('a')], metadata: { session_id: 's' } }, output: completion('r', 'b') }, ['s', 'r', 'a', 'b']],
    ['an id of its own', { conversation_id: 'k', request: { messages: [user('a')] }, response: completion('r', 'b') }, ['k', 'r', 'a', 'b']],
    ['an error', { id: 'e', request: { messages: [user('a')] }, response: { error: { type: 'rate_limit', message: 'slow down' } } }, ['line-1', 'e', 'a', null]],
  ])('%s is read', async (_name, line, expected) => {
    expect(talk(await eventsOf([line]))).toEqual([expected]);
  });
});

describe('an export of Langfuse', () => {
  const trace = { id: 't1', timestamp: '2026-03-02T09:00:00.000Z', name: 'support', sessionId: 's1', userId: 'u', input: 'where is my parcel', output: { answer: 'In the box.' } };
  const generation = { id: 'g1', traceId: 't2', type: 'GENERATION', startTime: '2026-03-02T09:01:00Z', endTime: '2026-03-02T09:01:02Z', model: 'm', input: { messages: [user('no, the invoice')] }, output: assistant('There.') };
  const score = { id: 'z', traceId: 't1', name: 'user-feedback', value: 0, dataType: 'NUMERIC', source: 'API', comment: 'no', timestamp: '2026-03-02T09:05:00Z' };

  test('answered traces and single generations are interactions, sessions conversations, scores of people feedback', async () => {
    const events = await eventsOf([score, generation, trace, { id: 't2', timestamp: '2026-03-02T09:01:00Z', name: 'support', sessionId: 's1' }, { ...generation, id: 'g0', traceId: 't1' }, { ...generation, id: 'x', type: 'SPAN' }, { ...score, id: 'j', source: 'EVAL' }]);
    expect(talk(events)).toEqual([['s1', 't1', 'where is my parcel', 'In the box.'], ['s1', 'g1', 'no, the invoice', 'There.']]);
    expect(events[1]?.event.data).toMatchObject({ workload: 'support', latencyMs: 2_000 });
    expect(events.at(-1)?.event).toMatchObject({ type: 'ratchet.feedback.given', data: { interactionId: 't1', name: 'thumbs', value: 0, comment: 'no', source: { type: 'user' } } });
    expect(ignored).toEqual({ 'observations that are no generations': 1, 'generations within an answered trace': 1, 'scores that are no feedback of people': 1 });
  });

  test('the names and times of the export to storage are read, and JSON within text', async () => {
    const row = { id: 'g', trace_id: 't', type: 'GENERATION', session_id: 's', trace_name: 'billing', start_time: '2026-03-02 09:00:00.500000', end_time: '2026-03-02 09:00:01.000000', provided_model_name: 'm', input: JSON.stringify([user('pay?')]), output: '{"role":"assistant","content":"By card."}' };
    const [event] = await eventsOf([row]);
    expect(event?.event.data).toMatchObject({ conversationId: 's', workload: 'billing', model: 'm', startedAt: '2026-03-02T09:00:00.500Z', latencyMs: 500, input: [user('pay?')], output: { content: 'By card.' } });
  });

  test('a downloaded trace is one document over many lines, with its rows in lists', async () => {
    const text = JSON.stringify({ trace: { ...trace, output: null }, observations: [{ ...generation, traceId: 't1' }], scores: [{ ...score, observationId: 'g1' }] }, null, 2);
    const events = await eventsOf(text);
    expect(talk(events)).toEqual([['s1', 'g1', 'no, the invoice', 'There.']]);
    expect(events[1]?.event.data).toMatchObject({ interactionId: 'g1', name: 'thumbs' });
  });
});

describe('a log of OpenTelemetry', () => {
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const span = (spanId: string, seconds: number, name: string, attributes: object[]) => ({ traceId: 'a'.repeat(32), spanId, name, kind: 3, startTimeUnixNano: `${1_772_442_000 + seconds}000000000`, endTimeUnixNano: `${1_772_442_001 + seconds}000000000`, attributes });
  const chat = (spanId: string, seconds: number, query: string) =>
    span(spanId, seconds, 'chat m', [attribute('gen_ai.operation.name', 'chat'), attribute('gen_ai.request.model', 'm'), attribute('gen_ai.conversation.id', 'c'), attribute('gen_ai.input.messages', JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: query }] }])), attribute('gen_ai.output.messages', JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: 'Yes.' }] }]))]);

  test('spans come in the order of time, and those that are no requests are counted', async () => {
    const events = await eventsOf([{ resourceSpans: [{ scopeSpans: [{ spans: [chat('b'.repeat(16), 60, 'second'), span('d'.repeat(16), 1, 'GET /', [])] }] }] }, { resourceSpans: [{ scopeSpans: [{ spans: [chat('c'.repeat(16), 0, 'first')] }] }] }]);
    expect(talk(events).map((row) => (row as string[])[2])).toEqual(['first', 'second']);
    expect(ignored).toEqual({ 'spans that are no model requests': 1 });
  });
});

describe('readLog', () => {
  test.each([
    ['[1]', /line 1: expected a JSON object of one of these formats/u],
    ['{"a":1}', /line 1: expected a JSON object of one of these formats/u],
    ['{"messages":[]}', /line 1: messages: none of them/u],
    ['{"messages":[{"role":"user","content":"a"}]}\n{"x":1}', /line 2: expected an object with messages/u],
    ['{\n"resourceSpans": [', /standard input is not valid JSON/u],
  ])('refuses %j with its line', async (input, message) => {
    await expect(eventsOf(input)).rejects.toThrow(message);
  });

  test('refuses a format that does not exist, and names those that do', async () => {
    await expect(eventsOf([{ messages: [] }], 'xml')).rejects.toThrow(/no format "xml"; there are native: .*otlp: .*langfuse: .*openai: /u);
  });

  test('reads a list of chats as one document', async () => {
    expect(talk(await eventsOf(JSON.stringify([{ id: 'a', messages: [user('x'), assistant('y')] }, { id: 'b', messages: [user('z'), assistant('w')] }])))).toEqual([['a', 'a#1', 'x', 'y'], ['b', 'b#1', 'z', 'w']]);
  });
});
