import type { Message } from '@ratchet/domain';
import { isObject, listOf, type JsonObject } from './attributes.js';

const ROLE_CHARS_MAX = 40;
/** A tool's result may hold parts of its own, but not parts of parts of parts. */
const PART_DEPTH_MAX = 4;

/** LangChain's names of the roles that all others call alike. */
const roles: Readonly<Record<string, string>> = { human: 'user', ai: 'assistant', model: 'assistant' };

const firstOf = (object: JsonObject, names: readonly string[]): unknown => {
  for (const name of names) if (object[name] !== undefined && object[name] !== null) return object[name];
  return undefined;
};

const asText = (value: unknown): string => (typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value));

/** A call of a tool, as one would write it: `get_weather({"city":"Paris"})`. */
const toolCallText = (call: JsonObject): string => {
  const { function: called } = call;
  const named = isObject(called) ? called : call;
  return `${asText(firstOf(named, ['name', 'toolName', 'tool_call.function.name'])) || 'tool'}(${asText(firstOf(named, ['arguments', 'args', 'input', 'tool_call.function.arguments']))})`;
};

const partText = (part: unknown, depth: number): string => {
  if (typeof part === 'string') return part;
  if (!isObject(part)) return '';
  const type = asText(part['type']).replaceAll('-', '_');
  switch (type) {
    // What a model thinks before it answers is not its answer.
    case 'reasoning':
    case 'thinking':
    case 'redacted_thinking':
      return '';
    case 'tool_call':
    case 'tool_use':
    case 'function_call':
      return toolCallText(part);
    case 'tool_call_response':
    case 'tool_result': {
      const result = firstOf(part, ['response', 'result', 'output', 'content']);
      return Array.isArray(result) ? textOfContent(result, depth + 1) : asText(result);
    }
    case 'image':
    case 'image_url':
    case 'input_audio':
    case 'blob':
    case 'uri':
    case 'file':
      return `[${asText(part['modality']) || type}]`;
    default: {
      const text = firstOf(part, ['content', 'text', 'refusal']);
      return typeof text === 'string' ? text : textOfContent(text, depth + 1);
    }
  }
};

/** The text of a message's content in any of its forms: a text, a part, or a list of parts. */
export const textOfContent = (content: unknown, depth = 0): string => {
  if (typeof content === 'string') return content;
  if (depth > PART_DEPTH_MAX) return '';
  const parts = Array.isArray(content) ? content : isObject(content) ? [content] : [];
  return parts.map((part) => partText(part, depth)).filter((text) => text !== '').join('\n');
};

const toolCallsText = (message: JsonObject): string => {
  const calls = [...listOf(firstOf(message, ['tool_calls', 'toolCalls'])), message['function_call']];
  return calls.filter(isObject).map(toolCallText).join('\n');
};

const joined = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join('\n');

/** One message in any dialect's form; a text alone has the role that is expected there. */
export const messageOf = (raw: unknown, expectedRole: string): Message | undefined => {
  if (typeof raw === 'string') return { role: expectedRole, content: raw };
  if (!isObject(raw)) return undefined;
  const named = firstOf(raw, ['role', 'type']);
  const role = typeof named === 'string' && named !== '' && named !== 'text' && named !== 'message' ? (roles[named] ?? named) : expectedRole;
  const nested = isObject(raw['message']) ? raw['message'] : raw;
  const content = firstOf(nested, ['parts', 'content', 'text', 'completion']);
  return { role: role.slice(0, ROLE_CHARS_MAX), content: joined(textOfContent(content), toolCallsText(nested)) };
};

/** The messages of a list, of `{messages: [...]}`, of `{system?, prompt}`, of one message, or of a plain text; undefined where there is none. */
export const messagesOf = (raw: unknown, expectedRole: string): Message[] | undefined => {
  const list = listIn(raw);
  const messages = list.flatMap((one) => messageOf(one, expectedRole) ?? []);
  return messages.length > 0 ? messages : undefined;
};

const listIn = (raw: unknown): readonly unknown[] => {
  // LangChain nests the messages of each prompt of a batch.
  if (Array.isArray(raw)) return raw.length === 1 && Array.isArray(raw[0]) ? (raw[0] as unknown[]) : raw;
  if (typeof raw === 'string') return [raw];
  if (!isObject(raw)) return [];
  const system = typeof raw['system'] === 'string' ? [{ role: 'system', content: raw['system'] }] : [];
  if (Array.isArray(raw['messages'])) return [...system, ...(listIn(raw['messages']) as unknown[])];
  if (typeof raw['prompt'] === 'string') return [...system, raw['prompt']];
  return 'content' in raw || 'parts' in raw || 'text' in raw ? [raw] : [];
};
