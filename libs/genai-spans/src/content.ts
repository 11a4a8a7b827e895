import type { Message } from '@ratchet/domain';
import { isObject, listOf, parsedJson, type Attributes, type JsonObject } from './attributes.js';
import { messageOf, messagesOf, textOfContent } from './messages.js';
import type { SpanView } from './span-view.js';

export interface Answer {
  readonly content: string;
  readonly finishReason?: string | undefined;
}

/** How one family of instrumentations writes down what was asked and what was answered; undefined where a span does not follow it. */
interface Dialect {
  readonly input: (span: SpanView) => readonly Message[] | undefined;
  readonly output: (span: SpanView) => Answer | undefined;
}

const DETAILS_EVENT = 'gen_ai.client.inference.operation.details';

/** Attributes of the span, then those of its event with the details, which is where content goes that is kept off the span. */
const placesOf = ({ attributes, events }: SpanView): Attributes[] => [attributes, ...events.filter(({ name }) => name === DETAILS_EVENT).map((event) => event.attributes)];

const firstIn = <Found>(span: SpanView, find: (attributes: Attributes) => Found | undefined): Found | undefined => {
  for (const place of placesOf(span)) {
    const found = find(place);
    if (found !== undefined) return found;
  }
  return undefined;
};

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const answerOf = (raw: unknown): Answer | undefined => {
  const message = messageOf(raw, 'assistant');
  if (message === undefined) return undefined;
  const reason = isObject(raw) ? textIn(raw['finish_reason']) : undefined;
  return { content: message.content, ...(reason !== undefined && { finishReason: reason }) };
};

/** JSON as it is, and any other text as a text. */
const jsonOrText = (text: string | undefined): unknown => {
  if (text === undefined) return undefined;
  const parsed = parsedJson(text);
  return typeof parsed === 'object' && parsed !== null ? parsed : text;
};

/** The current conventions. Of several answers, the first counts: it is what most products show. */
const conventions: Dialect = {
  input: (span) =>
    firstIn(span, (attributes) => {
      const messages = messagesOf(attributes.structured('gen_ai.input.messages'), 'user');
      const said = attributes.structured('gen_ai.system_instructions') ?? attributes.text('gen_ai.system_instructions');
      const system = textOfContent(said);
      return system === '' ? messages : [{ role: 'system', content: system }, ...(messages ?? [])];
    }),
  output: (span) => firstIn(span, (attributes) => answerOf(listOf(attributes.structured('gen_ai.output.messages'))[0])),
};

const PROMPT_EVENT = /^gen_ai\.(system|user|assistant|tool|developer)\.message$/u;

/** The body of an event from before the content had attributes of its own: in attributes, or as JSON in one of them. */
const bodyOf = (attributes: Attributes): JsonObject => {
  const body = attributes.structured('gen_ai.event.content') ?? attributes.structured('message');
  const role = attributes.value('role');
  if (isObject(body)) return { ...(role !== undefined && { role }), ...body };
  return { ...(role !== undefined && { role }), content: attributes.value('content') ?? attributes.value('message'), tool_calls: attributes.structured('tool_calls') };
};

/** Messages as events of the span, as the conventions had it up to 1.36, and one event for the whole prompt before that. */
const messageEvents: Dialect = {
  input: ({ events }) => {
    const messages = events.flatMap(({ name, attributes }) => {
      const role = PROMPT_EVENT.exec(name)?.[1];
      if (role !== undefined) return messageOf(bodyOf(attributes), role) ?? [];
      return name === 'gen_ai.content.prompt' ? (messagesOf(jsonOrText(attributes.text('gen_ai.prompt')), 'user') ?? []) : [];
    });
    return messages.length > 0 ? messages : undefined;
  },
  output: ({ events }) => {
    for (const { name, attributes } of events) {
      if (name === 'gen_ai.choice') {
        const answer = answerOf(bodyOf(attributes));
        const reason = attributes.text('finish_reason') ?? answer?.finishReason;
        if (answer) return { content: answer.content, ...(reason !== undefined && { finishReason: reason }) };
      }
      if (name === 'gen_ai.content.completion') return wholeAnswer(attributes.text('gen_ai.completion'));
    }
    return undefined;
  },
};

/** One attribute for each field of each message; fields of calls and parts are numbered, too. */
const numbered = (prompt: string, completion: string): Dialect => ({
  input: ({ attributes }) => {
    const messages = attributes.indexed(prompt).flatMap((entry) => messageOf(withCalls(entry), 'user') ?? []);
    return messages.length > 0 ? messages : undefined;
  },
  output: ({ attributes }) => {
    const [first] = attributes.indexed(completion);
    return first && answerOf(withCalls(first));
  },
});

/** `tool_calls.0.name` and `tool_calls.0.arguments` as a list of calls; content that is JSON of parts as parts. */
const withCalls = (entry: JsonObject): JsonObject => {
  const calls: Record<string, Record<string, unknown>> = Object.create(null);
  for (const [name, value] of Object.entries(entry)) {
    const match = /^tool_calls\.(\d{1,4})\.(?:function\.|tool_call\.function\.)?(name|arguments)$/u.exec(name);
    if (match) (calls[match[1] ?? ''] ??= {})[match[2] ?? ''] = value;
  }
  const { content } = entry;
  const parts = typeof content === 'string' && content.startsWith('[{') ? parsedJson(content) : undefined;
  return { role: entry['role'], content: Array.isArray(parts) ? parts : content, finish_reason: entry['finish_reason'], tool_calls: Object.values(calls) };
};

/** A provider's whole answer, the messages of one, or its text. */
const wholeAnswer = (text: string | undefined): Answer | undefined => {
  const raw = jsonOrText(text);
  if (raw === undefined) return undefined;
  const first = isObject(raw) && Array.isArray(raw['choices']) ? (raw['choices'] as unknown[])[0] : Array.isArray(raw) ? (raw as unknown[])[0] : raw;
  const generations = isObject(raw) ? listOf(listOf(raw['generations'])[0])[0] : undefined;
  return answerOf(generations ?? first);
};

/** All messages as JSON, or as a text, in one attribute. */
const whole = (prompts: readonly string[], completions: readonly string[]): Dialect => ({
  input: ({ attributes }) => messagesOf(jsonOrText(attributes.text(...prompts)), 'user'),
  output: ({ attributes }) => wholeAnswer(attributes.text(...completions)),
});

/** OpenInference nests by dots: `llm.input_messages.0.message.role`. */
const openInference: Dialect = {
  input: ({ attributes }) => {
    const messages = attributes.indexed('llm.input_messages').flatMap((entry) => messageOf(unnested(entry), 'user') ?? []);
    const prompts = attributes.indexed('llm.prompts').flatMap((entry) => messagesOf(entry['prompt.text'], 'user') ?? []);
    return messages.length > 0 ? messages : prompts.length > 0 ? prompts : undefined;
  },
  output: ({ attributes }) => {
    const [message] = attributes.indexed('llm.output_messages');
    if (message) return answerOf(unnested(message));
    const [choice] = attributes.indexed('llm.choices');
    return choice && answerOf(choice['completion.text']);
  },
};

const unnested = (entry: JsonObject): JsonObject => {
  const flat: Record<string, unknown> = Object.create(null);
  const parts: string[] = [];
  for (const [name, value] of Object.entries(entry)) {
    if (!name.startsWith('message.')) continue;
    const rest = name.slice('message.'.length);
    flat[rest] = value;
    if (/^contents\.\d{1,4}\.message_content\.text$/u.test(rest) && typeof value === 'string' && entry[name.replace(/text$/u, 'type')] !== 'reasoning') parts.push(value);
  }
  return { ...withCalls(flat), content: flat['content'] ?? parts };
};

const aiSdk: Dialect = {
  input: ({ attributes }) => messagesOf(jsonOrText(attributes.text('ai.prompt.messages') ?? attributes.text('ai.prompt')), 'user'),
  output: ({ attributes }) => {
    const content = attributes.text('ai.response.text', 'ai.result.text', 'ai.response.object', 'ai.result.object') ?? '';
    const calls = attributes.structured('ai.response.toolCalls') ?? attributes.structured('ai.result.toolCalls');
    if (content === '' && calls === undefined && !attributes.has('ai.response.text')) return undefined;
    return answerOf({ content, tool_calls: calls, finish_reason: attributes.text('ai.response.finishReason', 'ai.finishReason') });
  },
};

/** In the order in which they are asked: what names messages before what may hold anything. */
const dialects: readonly Dialect[] = [
  conventions,
  messageEvents,
  numbered('gen_ai.prompt', 'gen_ai.completion'),
  openInference,
  numbered('llm.prompts', 'llm.completions'),
  aiSdk,
  whole(['gen_ai.prompt', 'langfuse.observation.input', 'input.value'], ['gen_ai.completion', 'langfuse.observation.output', 'output.value']),
];

const firstFound = <Found>(find: (dialect: Dialect) => Found | undefined): Found | undefined => {
  for (const dialect of dialects) {
    const found = find(dialect);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** What was asked and answered; each is undefined where the span does not say. */
export const contentOf = (span: SpanView): { readonly input: readonly Message[] | undefined; readonly output: Answer | undefined } => ({
  input: firstFound(({ input }) => input(span)),
  output: firstFound(({ output }) => output(span)),
});
