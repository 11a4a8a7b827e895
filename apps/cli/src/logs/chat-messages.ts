import type { Message } from '@ratchet/domain';
import { isObject } from '../json-input.js';

const ROLE_CHARS_MAX = 40;
/** Other names of the two who talk. */
const roles: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant', model: 'assistant', bot: 'assistant', developer: 'system' };

const textOfPart = (part: unknown): string => {
  if (typeof part === 'string') return part;
  const text = isObject(part) ? (part['text'] ?? part['content']) : undefined;
  return typeof text === 'string' ? text : '';
};

/** The text of a message: a string, or parts of which those with text are joined by line breaks; pictures and calls of tools have none. */
export const contentText = (content: unknown): string => (Array.isArray(content) ? content.map(textOfPart).filter((text) => text !== '').join('\n') : textOfPart(content));

/** Messages `{role, content}` of a chat; what has no role is left out. Undefined where the value is no list. */
export const messagesOf = (value: unknown): Message[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((message: unknown) => {
    const role = isObject(message) ? (message['role'] ?? message['type']) : undefined;
    if (!isObject(message) || typeof role !== 'string' || role === '') return [];
    return [{ role: roles[role] ?? role.slice(0, ROLE_CHARS_MAX), content: contentText(message['content']) }];
  });
};
