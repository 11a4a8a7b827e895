import type { Interaction, Message } from '@ratchet/domain';
import { type LoggedEvent, LogLineError, readLogLine } from '@ratchet/signals';
import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../json-input.js';
import { contentText, messagesOf } from './chat-messages.js';
import { idOf, loggedInteraction, type LogFormat, type LogReader, objectOf, textOf, timeMsOf } from './log-format.js';

const conversationNames = ['conversation_id', 'conversationId', 'session_id', 'sessionId', 'thread_id', 'chat_id'] as const;

/** A request as it was sent: `{request: {messages}}` of gateways, `{body}` of batches, `{input}` of request logs. */
const requestOf = (value: JsonObject): JsonObject | undefined =>
  [value['request'], value['body'], value['input'], objectOf(value['request'])?.['body'], value].map(objectOf).find((candidate) => Array.isArray(candidate?.['messages']));

/** A chat completion as it was received. */
const completionOf = (value: JsonObject): JsonObject | undefined =>
  [objectOf(value['response'])?.['body'], value['response'], value['output'], value].map(objectOf).find((candidate) => Array.isArray(candidate?.['choices']));

const errorOf = (value: JsonObject): Interaction['error'] => {
  const response = objectOf(value['response']);
  const error = [value['error'], response?.['error'], objectOf(response?.['body'])?.['error']].map(objectOf).find((found) => found !== undefined);
  return error === undefined ? undefined : { type: textOf(error, 'type', 'code') ?? 'error', message: textOf(error, 'message') ?? '' };
};

const answerOf = (completion: JsonObject): { content: string; finishReason?: string } => {
  const choice: unknown = (completion['choices'] as readonly unknown[])[0];
  const finishReason = isObject(choice) ? textOf(choice, 'finish_reason') : undefined;
  return { content: contentText(objectOf(isObject(choice) ? choice['message'] : undefined)?.['content']), ...(finishReason !== undefined && { finishReason }) };
};

/** The id that the log gives to the conversation, on the line itself, in its request or in its metadata. */
const namedConversation = (value: JsonObject, request: JsonObject | undefined): string | undefined => {
  for (const place of [value, request, value['metadata'], request?.['metadata']]) {
    const id = isObject(place) ? textOf(place, ...conversationNames) : undefined;
    if (id !== undefined) return idOf(id);
  }
  return undefined;
};

const digestOf = (messages: readonly Message[]): string => createHash('sha256').update(JSON.stringify(messages.map(({ role, content }) => [role, content]))).digest('base64url').slice(0, 22);

/**
 * A line is a whole chat, `{messages}`, or one request with its response. A request holds the chat so far: where no id says which
 * conversation it belongs to, it goes on with the one whose messages and answer it begins with.
 */
class OpenAiReader implements LogReader {
  readonly ignored = new Map<string, number>();
  readonly #events: LoggedEvent[] = [];
  readonly #conversations = new Map<string, string>();

  read(value: unknown, line: number): readonly LoggedEvent[] {
    const object = objectOf(value);
    const request = object && requestOf(object);
    if (object === undefined || request === undefined) throw new LogLineError('expected an object with messages, or with a request that has messages');
    const messages = messagesOf(request['messages']) ?? [];
    const completion = completionOf(object);
    const error = errorOf(object);
    if (completion !== undefined || error !== undefined) this.#events.push(this.#pair(object, { request, messages, completion, error, line }));
    else if (this.#events.length === 0) return chatOf(object, messages, line);
    else this.#events.push(...chatOf(object, messages, line));
    return [];
  }

  end(): readonly LoggedEvent[] {
    return this.#events;
  }

  #pair(value: JsonObject, { request, messages, completion, error, line }: { request: JsonObject; messages: Message[]; completion: JsonObject | undefined; error: Interaction['error']; line: number }): LoggedEvent {
    const output = completion === undefined ? null : answerOf(completion);
    const startedMs = ['started_at', 'startTime', 'start_time', 'requested_at', 'timestamp', 'created_at', 'time'].map((name) => timeMsOf(value[name])).find((ms) => ms !== undefined) ?? timeMsOf(completion?.['created']);
    const endedMs = ['ended_at', 'endTime', 'end_time', 'received_at', 'completed_at'].map((name) => timeMsOf(value[name])).find((ms) => ms !== undefined);
    const userId = textOf(request, 'user') ?? textOf(value, 'user', 'user_id', 'userId');
    return loggedInteraction({
      line,
      interactionId: idOf((completion && textOf(completion, 'id')) ?? textOf(value, 'id', 'request_id', 'custom_id') ?? `line-${line}`),
      conversationId: namedConversation(value, request) ?? this.#conversationOf(messages, output?.content, line),
      workload: textOf(value, 'workload', 'route', 'task'),
      model: textOf(request, 'model') ?? (completion && textOf(completion, 'model')),
      version: completion && textOf(completion, 'model'),
      userId,
      input: messages,
      output,
      error,
      startedMs,
      endedMs,
    });
  }

  #conversationOf(messages: readonly Message[], answer: string | undefined, line: number): string {
    const answered = messages.findLastIndex(({ role }) => role === 'assistant');
    const known = answered < 0 ? undefined : this.#conversations.get(digestOf(messages.slice(0, answered + 1)));
    const conversationId = known ?? `line-${line}`;
    if (answer !== undefined) this.#conversations.set(digestOf([...messages, { role: 'assistant', content: answer }]), conversationId);
    return conversationId;
  }
}

/** Chats of fine-tuning files and of exports; without an id the line gives one. */
const chatOf = (value: JsonObject, messages: readonly Message[], line: number): LoggedEvent[] => {
  const id = namedConversation(value, undefined) ?? textOf(value, 'id') ?? `line-${line}`;
  const turns = messages.filter(({ role, content }) => (role === 'user' || role === 'assistant') && content !== '').map(({ role, content }) => ({ role, text: content }));
  if (turns.length === 0) throw new LogLineError('messages: none of them is of a user or an assistant');
  return readLogLine({ id: id.slice(0, 150), turns, workload: textOf(value, 'workload', 'route', 'task') }, line);
};

export const openAiLog: LogFormat = {
  name: 'openai',
  lines: 'a chat {messages: [{role, content}], id?}, or a request with its response {request: {model, messages}, response: {choices}}',
  recognises: (value) => requestOf(value) !== undefined,
  open: () => new OpenAiReader(),
};
