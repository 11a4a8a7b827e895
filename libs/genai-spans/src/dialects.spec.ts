import { describe, expect, it } from '@jest/globals';
import type { Interaction } from '@ratchet/domain';
import { interactionsOfTraces } from './interactions-of-traces.js';
import { requestOf, spanOf, type SpanParts } from './spec-support/otlp.js';

const QUESTION = 'Where is my parcel?';
const ANSWER = 'It arrives today.';
const asked = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: QUESTION },
];

const map = (parts: SpanParts): Interaction => {
  const { interactions, problems } = interactionsOfTraces(requestOf([spanOf(parts)]));
  expect(problems).toEqual([]);
  const [only] = interactions;
  if (!only) throw new Error('no interaction');
  return only.data;
};

const text = (content: string) => ({ type: 'text', content });
const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-x' };
const older = { 'gen_ai.system': 'openai', 'gen_ai.request.model': 'gpt-x' };
const details = {
  'gen_ai.system_instructions': JSON.stringify([text('Be brief.')]),
  'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [text(QUESTION)] }]),
  'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: [text(ANSWER)], finish_reason: 'stop' }]),
};

/** One exchange, as each family of instrumentations writes it down. */
const dialects: readonly [string, SpanParts][] = [
  ['the current conventions, as JSON', { attributes: { ...chat, ...details } }],
  [
    'the current conventions, as structured attributes',
    {
      attributes: {
        ...chat,
        'gen_ai.system_instructions': [text('Be brief.')],
        'gen_ai.input.messages': [{ role: 'user', parts: [text(QUESTION)] }],
        'gen_ai.output.messages': [{ role: 'assistant', parts: [text(ANSWER)], finish_reason: 'stop' }],
      },
    },
  ],
  ['the current conventions, in an event of the span', { attributes: chat, events: [{ name: 'gen_ai.client.inference.operation.details', attributes: details }] }],
  [
    'an event a message, with attributes',
    {
      attributes: older,
      events: [
        { name: 'gen_ai.system.message', attributes: { content: 'Be brief.' } },
        { name: 'gen_ai.user.message', attributes: { role: 'user', content: QUESTION } },
        { name: 'gen_ai.choice', attributes: { index: 0, finish_reason: 'stop', message: JSON.stringify({ role: 'assistant', content: ANSWER }) } },
      ],
    },
  ],
  [
    'an event a message, with a body in JSON',
    {
      attributes: older,
      events: [
        { name: 'gen_ai.system.message', attributes: { 'gen_ai.event.content': JSON.stringify({ content: 'Be brief.' }) } },
        { name: 'gen_ai.user.message', attributes: { 'gen_ai.event.content': JSON.stringify({ role: 'user', content: QUESTION }) } },
        { name: 'gen_ai.choice', attributes: { 'gen_ai.event.content': JSON.stringify({ message: { content: ANSWER }, finish_reason: 'stop' }) } },
      ],
    },
  ],
  [
    'an event for the prompt and one for the completion',
    {
      attributes: { ...older, 'gen_ai.response.finish_reasons': ['stop'] },
      events: [
        { name: 'gen_ai.content.prompt', attributes: { 'gen_ai.prompt': JSON.stringify(asked) } },
        { name: 'gen_ai.content.completion', attributes: { 'gen_ai.completion': JSON.stringify([{ role: 'assistant', content: ANSWER }]) } },
      ],
    },
  ],
  ['prompt and completion in one attribute each', { attributes: { ...older, 'gen_ai.prompt': JSON.stringify(asked), 'gen_ai.completion': JSON.stringify([{ role: 'assistant', content: ANSWER, finish_reason: 'stop' }]) } }],
  [
    'numbered attributes (OpenLLMetry)',
    {
      attributes: {
        ...older,
        'llm.request.type': 'chat',
        'gen_ai.prompt.0.role': 'system',
        'gen_ai.prompt.0.content': 'Be brief.',
        'gen_ai.prompt.1.role': 'user',
        'gen_ai.prompt.1.content': JSON.stringify([{ type: 'text', text: QUESTION }]),
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.content': ANSWER,
        'gen_ai.completion.0.finish_reason': 'stop',
      },
    },
  ],
  [
    'numbered attributes under the first names of OpenLLMetry',
    { attributes: { 'llm.request.type': 'chat', 'llm.request.model': 'gpt-x', 'llm.prompts.0.role': 'system', 'llm.prompts.0.content': 'Be brief.', 'llm.prompts.1.role': 'user', 'llm.prompts.1.content': QUESTION, 'llm.completions.0.content': ANSWER, 'llm.completions.0.finish_reason': 'stop' } },
  ],
  [
    'OpenInference',
    {
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.system': 'openai',
        'llm.model_name': 'gpt-x',
        'llm.input_messages.0.message.role': 'system',
        'llm.input_messages.0.message.content': 'Be brief.',
        'llm.input_messages.1.message.role': 'user',
        'llm.input_messages.1.message.contents.0.message_content.type': 'text',
        'llm.input_messages.1.message.contents.0.message_content.text': QUESTION,
        'llm.output_messages.0.message.role': 'assistant',
        'llm.output_messages.0.message.content': ANSWER,
        'llm.finish_reason': 'stop',
        'input.value': 'not this',
        'output.value': 'nor this',
      },
    },
  ],
  [
    'OpenInference with values alone',
    {
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-x',
        'input.value': JSON.stringify({ messages: asked, model: 'gpt-x' }),
        'output.value': JSON.stringify({ choices: [{ message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }] }),
      },
    },
  ],
  [
    'the AI SDK',
    {
      name: 'ai.generateText.doGenerate',
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        ...older,
        'ai.prompt.messages': JSON.stringify([{ role: 'system', content: 'Be brief.' }, { role: 'user', content: [{ type: 'text', text: QUESTION }] }]),
        'ai.response.text': ANSWER,
        'ai.response.finishReason': 'stop',
      },
    },
  ],
  [
    'Langfuse',
    {
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.model.name': 'gpt-x',
        'langfuse.observation.input': JSON.stringify(asked),
        'langfuse.observation.output': JSON.stringify({ role: 'assistant', content: ANSWER, finish_reason: 'stop' }),
      },
    },
  ],
];

describe('what was asked and answered', () => {
  it.each(dialects)('is found in %s', (_name, parts) => {
    const data = map(parts);
    expect(data.input).toEqual(asked);
    expect(data.output).toEqual({ content: ANSWER, finishReason: 'stop' });
    expect([data.model, data.workload, data.attributes?.['ratchet.content']]).toEqual(['gpt-x', 'default', undefined]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['the current conventions', { ...chat, 'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: [{ type: 'reasoning', content: 'hm' }, { type: 'tool_call', id: '1', name: 'find', arguments: { order: 7 } }] }]) }],
    ['numbered attributes', { ...older, 'gen_ai.completion.0.role': 'assistant', 'gen_ai.completion.0.tool_calls.0.name': 'find', 'gen_ai.completion.0.tool_calls.0.arguments': '{"order":7}' }],
    ['OpenInference', { 'openinference.span.kind': 'LLM', 'llm.model_name': 'm', 'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'find', 'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"order":7}' }],
    ['the AI SDK', { 'ai.operationId': 'ai.streamText.doStream', ...older, 'ai.response.toolCalls': JSON.stringify([{ toolCallId: '1', toolName: 'find', input: { order: 7 } }]) }],
  ])('is a call of a tool, in %s', (_name, attributes) => {
    expect(map({ attributes }).output?.content).toBe('find({"order":7})');
  });

  it('tells a tool its result and shows other media by their kind', () => {
    const messages = [
      { role: 'user', parts: [text('What is this?'), { type: 'blob', modality: 'image', content: 'aGVsbG8=' }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: '1', response: { weight: 3 } }] },
    ];
    expect(map({ attributes: { ...chat, 'gen_ai.input.messages': JSON.stringify(messages) } }).input).toEqual([
      { role: 'user', content: 'What is this?\n[image]' },
      { role: 'tool', content: '{"weight":3}' },
    ]);
  });

  it('keeps an answer that is empty apart from one that was not recorded', () => {
    const empty = map({ attributes: { ...chat, 'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: [] }]) } });
    expect([empty.output, empty.attributes?.['ratchet.content']]).toEqual([{ content: '' }, undefined]);
    const unknown = map({ attributes: chat });
    expect([unknown.input, unknown.output, unknown.attributes?.['ratchet.content']]).toEqual([[{ role: 'user', content: '' }], { content: '' }, 'absent']);
  });
});
