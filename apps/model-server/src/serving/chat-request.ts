import { textOfContent } from '@ratchet/embedded-model';
import { badRequest } from '../http/openai.error.js';

/** What the server reads of a chat completion request. Other fields of the protocol (temperature, tools ...) do not apply and are ignored. */
export interface ChatRequest {
  readonly model: string;
  /** The last user message. */
  readonly text: string;
  readonly promptTokens: number;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

const ROLES: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

/** Hand-written rather than by schema: this runs for every request served. */
export function readChatRequest(body: unknown): ChatRequest {
  if (typeof body !== 'object' || body === null) throw badRequest({ message: 'The request body must be a JSON object.' });
  const { model, messages, stream, n, stream_options: streamOptions } = body as Record<string, unknown>;
  if (typeof model !== 'string' || model === '') throw badRequest({ message: 'model: you must name a model.', param: 'model' });
  if (!Array.isArray(messages) || messages.length === 0) throw badRequest({ message: 'messages: must be a list of at least one message.', param: 'messages' });
  if (n !== undefined && n !== null && n !== 1) throw badRequest({ message: 'n: this model gives one answer; leave n out or set it to 1.', param: 'n' });
  let text: string | null = null;
  let promptTokens = 0;
  for (const [index, message] of (messages as unknown[]).entries()) {
    const { role, content } = readMessage({ message, index });
    promptTokens += countTokens(content);
    if (role === 'user') text = content;
  }
  if (text === null) throw badRequest({ message: 'messages: there is no user message to answer.', param: 'messages' });
  const includeUsage = typeof streamOptions === 'object' && streamOptions !== null && (streamOptions as Record<string, unknown>)['include_usage'] === true;
  return { model, text, promptTokens, stream: stream === true, includeUsage };
}

function readMessage({ message, index }: { message: unknown; index: number }): { role: unknown; content: string } {
  const param = `messages.${index}`;
  if (typeof message !== 'object' || message === null) throw badRequest({ message: `${param}: must be an object.`, param });
  const { role, content } = message as Record<string, unknown>;
  if (!ROLES.has(role)) throw badRequest({ message: `${param}.role: must be one of ${[...ROLES].join(', ')}.`, param: `${param}.role` });
  const text = content === null || content === undefined ? '' : textOfContent(content);
  if (text === null) throw badRequest({ message: `${param}.content: must be text, or a list of text parts.`, param: `${param}.content` });
  return { role, content: text };
}

/** Tokens as this model reads them: a run of letters or digits is one, any other visible character is one. */
export function countTokens(text: string): number {
  let tokens = 0;
  let inWord = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const isWord = code > 0x7f || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
    if (isWord ? !inWord : code > 0x20) tokens += 1;
    inWord = isWord;
  }
  return tokens;
}
