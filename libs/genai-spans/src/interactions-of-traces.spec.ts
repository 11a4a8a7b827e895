import { describe, expect, it } from '@jest/globals';
import { checkEvent } from '@ratchet/contracts';
import { eventOfSpan, interactionsOfOtlpJson, interactionsOfTraces } from './interactions-of-traces.js';
import { requestOf, SPAN_ID, spanOf, TRACE_ID, type SpanParts } from './spec-support/otlp.js';

const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-x' };
const map = (parts: SpanParts, resource?: Record<string, unknown>) => interactionsOfTraces(requestOf([spanOf(parts)], resource));
const dataOf = (parts: SpanParts, resource?: Record<string, unknown>) => {
  const [mapped] = map(parts, resource).interactions;
  if (!mapped) throw new Error('no interaction');
  return mapped.data;
};

describe('an interaction of a span', () => {
  it('has ids that a repeat has, the times of the span, tokens, cost and who answered', () => {
    const parts = {
      attributes: { ...chat, 'gen_ai.conversation.id': 'c1', 'user.id': 'u1', 'gen_ai.response.model': 'gpt-x-2026', 'gen_ai.usage.input_tokens': 12, 'gen_ai.usage.output_tokens': 34, 'llm.cost.total': 0.002, 'ratchet.workload': 'support' },
    };
    expect(dataOf(parts)).toMatchObject({
      interactionId: `${TRACE_ID}-${SPAN_ID}`,
      conversationId: 'c1',
      userId: 'u1',
      workload: 'support',
      model: 'gpt-x',
      version: 'gpt-x-2026',
      startedAt: '2026-03-02T09:00:00.000Z',
      latencyMs: 1250,
      usage: { inputTokens: 12, outputTokens: 34 },
      costUsd: 0.002,
      attributes: { 'gen_ai.provider.name': 'openai', 'service.name': 'shop' },
    });
    expect(map(parts)).toEqual(map(parts));
  });

  it('was asked of one model and answered by another, in OpenInference, too', () => {
    const attributes = { 'openinference.span.kind': 'LLM', 'llm.model_name': 'gpt-x-2026', 'llm.invocation_parameters': '{"model":"gpt-x","temperature":0}' };
    expect(dataOf({ attributes })).toMatchObject({ model: 'gpt-x', version: 'gpt-x-2026' });
  });

  it.each([
    ['conversation', { 'gen_ai.conversation.id': 'a', 'session.id': 'b' }, 'a'],
    ['session', { 'session.id': 'b' }, 'b'],
    ['session of Langfuse', { 'langfuse.session.id': 'l' }, 'l'],
    ['association of OpenLLMetry', { 'traceloop.association.properties.session_id': 't' }, 't'],
    ['metadata of the AI SDK', { 'ai.telemetry.metadata.chatId': 'v' }, 'v'],
    ['metadata of OpenInference', { metadata: '{"thread_id":"m"}' }, 'm'],
    ['trace', {}, TRACE_ID],
  ])('belongs to its %s', (_what, attributes, expected) => {
    expect(dataOf({ attributes: { ...chat, ...attributes } }).conversationId).toBe(expected);
  });

  it('keeps ids that are too long apart from each other', () => {
    const idOf = (end: string): string => dataOf({ attributes: { ...chat, 'session.id': 'x'.repeat(300) + end } }).conversationId;
    expect(idOf('a')).toBe(idOf('a'));
    expect(idOf('a')).not.toBe(idOf('b'));
  });

  it.each([
    ['the span', { 'ratchet.workload': 'mine' }, { 'ratchet.workload': 'theirs' }, 'mine'],
    ['the process', {}, { 'ratchet.workload': 'theirs' }, 'theirs'],
    ['the configuration', {}, {}, 'configured'],
  ])('takes its workload from %s', (_from, attributes, resource, expected) => {
    const request = requestOf([spanOf({ attributes: { ...chat, ...attributes } })], resource);
    expect(interactionsOfTraces(request, { workloads: { 'gpt-x': 'configured' } }).interactions[0]?.data.workload).toBe(expected);
  });

  it.each<[string, SpanParts, object]>([
    ['a status', { attributes: chat, status: { code: 2, message: 'quota' } }, { error: { type: 'error', message: 'quota' }, output: null }],
    ['a status by name', { attributes: { ...chat, 'error.type': '429' }, status: { code: 'STATUS_CODE_ERROR' } }, { error: { type: '429', message: '' }, output: null }],
    ['an exception', { attributes: chat, status: { code: 2 }, events: [{ name: 'exception', attributes: { 'exception.type': 'Timeout', 'exception.message': 'after 30 s' } }] }, { error: { type: 'Timeout', message: 'after 30 s' }, output: null }],
    ['an error after the first words', { attributes: { ...chat, 'error.type': 'reset', 'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"It"}]}]' } }, { error: { type: 'reset', message: '' }, output: { content: 'It' } }],
  ])('knows failures by %s', (_by, parts, expected) => {
    expect(dataOf(parts)).toMatchObject(expected);
  });

  it('is an event that the contract takes', () => {
    const [mapped] = map({ attributes: chat }).interactions;
    const event = mapped && eventOfSpan(mapped);
    expect(event).toMatchObject({ id: `${TRACE_ID}-${SPAN_ID}`, time: '2026-03-02T09:00:00.000Z', traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` });
    expect(checkEvent({ specversion: '1.0', ...event }, event?.data).ok).toBe(true);
  });

  it('has the same ids, whether they come as bytes, base64 or hex of either case', () => {
    const ids = [
      { traceId: Buffer.from(TRACE_ID, 'hex'), spanId: new Uint8Array(Buffer.from(SPAN_ID, 'hex')) },
      { traceId: Buffer.from(TRACE_ID, 'hex').toString('base64'), spanId: Buffer.from(SPAN_ID, 'hex').toString('base64') },
      { traceId: TRACE_ID.toUpperCase(), spanId: SPAN_ID.toUpperCase() },
    ];
    expect(ids.map((id) => dataOf({ attributes: chat, ...id }).interactionId)).toEqual(ids.map(() => `${TRACE_ID}-${SPAN_ID}`));
  });
});

describe('spans that are no requests to a language model', () => {
  it.each<[string, Record<string, unknown>]>([
    ['of HTTP', { 'http.request.method': 'POST' }],
    ['of an agent', { ...chat, 'gen_ai.operation.name': 'invoke_agent' }],
    ['of a tool', { 'gen_ai.operation.name': 'execute_tool' }],
    ['of an embedding', { 'gen_ai.operation.name': 'embeddings', 'gen_ai.request.model': 'e' }],
    ['of a chain', { 'openinference.span.kind': 'CHAIN', 'input.value': 'x' }],
    ['of a workflow', { 'traceloop.span.kind': 'workflow' }],
    ['around a whole generateText', { 'ai.operationId': 'ai.generateText', 'ai.prompt': '{}', 'ai.response.text': 'x' }],
    ['of a Langfuse event', { 'langfuse.observation.type': 'span' }],
  ])('%s are passed over, and counted', (_of, attributes) => {
    expect(map({ attributes })).toEqual({ interactions: [], ignored: 1, problems: [] });
  });
});

describe('bad values', () => {
  const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
  it.each<[string, SpanParts, RegExp]>([
    ['no trace id', { attributes: chat, traceId: 'xyz' }, /traceId/u],
    ['a trace id of zeros', { attributes: chat, traceId: '0'.repeat(32) }, /traceId/u],
    ['a span id that is a number', { attributes: chat, spanId: 7 }, /spanId/u],
    ['no start', { attributes: chat, startTimeUnixNano: '' }, /startTimeUnixNano/u],
    ['no end', { attributes: chat, endTimeUnixNano: '0' }, /endTimeUnixNano/u],
    ['a time of more than 64 bits', { attributes: chat, startTimeUnixNano: '99999999999999999999' }, /startTimeUnixNano/u],
    ['a time that is no number', { attributes: chat, endTimeUnixNano: Number.POSITIVE_INFINITY }, /endTimeUnixNano/u],
    ['no model', { attributes: { 'gen_ai.operation.name': 'chat' } }, /model/u],
    ['JSON that nests without end', { attributes: { ...chat, 'gen_ai.output.messages': `[{"role":"assistant","parts":[{"type":"tool_call","name":"x","arguments":${deep}}]}]` } }, /cannot be read/u],
  ])('%s: the span is refused and said why', (_what, parts, message) => {
    const { interactions, problems } = map(parts);
    expect(interactions).toEqual([]);
    expect(problems[0]?.message).toMatch(message);
  });

  it('of one span harm no other', () => {
    const request = requestOf([null, 7, 'span', [], spanOf({ attributes: chat, traceId: null }), spanOf({ attributes: chat }), spanOf({ attributes: chat, attributes2: {}, status: 'broken' })]);
    const { interactions, problems } = interactionsOfTraces(request);
    expect([interactions.length, problems.length]).toEqual([2, 5]);
  });

  it.each([null, 7, 'x', [], { resourceSpans: 'x' }, { resourceSpans: [null, { resource: 7, scopeSpans: [3, { spans: {} }] }] }])('in place of a request (%j) give no interaction and no exception', (request) => {
    expect(interactionsOfTraces(request).interactions).toEqual([]);
  });

  it('in fields that are measures are left out', () => {
    const data = dataOf({ attributes: { ...chat, 'gen_ai.usage.input_tokens': -3, 'gen_ai.usage.prompt_tokens': 'many', 'gen_ai.usage.output_tokens': 1.5, 'gen_ai.usage.cost': 'free' }, endTimeUnixNano: '1772441999000000000' });
    expect([data.usage, data.costUsd, data.latencyMs]).toEqual([undefined, undefined, 0]);
  });

  it('nested more deeply than values do are no value', () => {
    let value: unknown = { stringValue: 'bottom' };
    for (let level = 0; level < 50_000; level += 1) value = { arrayValue: { values: [value] } };
    const [mapped] = interactionsOfTraces(requestOf([spanOf({ attributes: [] as never })].map((span) => ({ ...(span as object), attributes: [...(spanOf({ attributes: chat }) as { attributes: unknown[] }).attributes, { key: 'gen_ai.input.messages', value }] })))).interactions;
    expect(mapped?.data.input).toEqual([{ role: 'user', content: '' }]);
  });
});

describe('a line of a file', () => {
  it('is read as text or as a value, and refused where it is no JSON', () => {
    const request = requestOf([spanOf({ attributes: chat })]);
    expect(interactionsOfOtlpJson(JSON.stringify(request))).toEqual(interactionsOfOtlpJson(request));
    expect(interactionsOfOtlpJson(request).interactions).toHaveLength(1);
    expect(interactionsOfOtlpJson('{').problems).toHaveLength(1);
  });
});
