import { groupByConversation, type LoggedConversation, type LoggedEvent, LogLineError } from '@ratchet/signals';
import { type CommandIo, UsageError } from '../command-module.js';
import { isObject, nameOfInput, parseJson } from '../json-input.js';
import { textLines } from '../stack/text-lines.js';
import { langfuseExport } from './langfuse-export.js';
import { type LogFormat, type LogReader } from './log-format.js';
import { nativeLog } from './native-log.js';
import { openAiLog } from './openai-log.js';
import { otlpLog } from './otlp-log.js';

/** In the order in which they are tried: a row of Langfuse can hold a request of OpenAI. */
export const logFormats: readonly LogFormat[] = [nativeLog, otlpLog, langfuseExport, openAiLog];

export interface ReadLogOptions {
  /** Name of one of {@link logFormats}; without it, the first line decides. */
  readonly format?: string | undefined;
  /** Told, at the end, of what was passed over. */
  readonly onIgnored?: (reason: string, count: number) => void;
}

/** Arguments of a command's `option`. */
export const formatOption: readonly [string, string] = ['--format <name>', `one of ${logFormats.map(({ name }) => name).join(', ')}; without it, the first line decides`];
export const formatsHelp = `\nFormats\n${logFormats.map(({ name, lines }) => `  ${name}: ${lines}`).join('\n')}`;

interface Value {
  readonly line: number;
  readonly value: unknown;
}

/**
 * Conversations of a log, a few at a time: those that stand on one line as they are read, the others when all has been read.
 *
 * @throws {UsageError} with the line that cannot be read, and what was expected
 */
export async function* readLog(path: string, io: CommandIo, { format, onIgnored }: ReadLogOptions = {}): AsyncGenerator<LoggedConversation[]> {
  let reader: LogReader | undefined;
  for await (const { line, value } of valuesOf(path, io)) {
    reader ??= formatOf(value, { format, path, line }).open();
    const events = readValue(reader, { line, value }, path);
    if (events.length > 0) yield groupByConversation(events);
  }
  const rest = reader?.end() ?? [];
  if (rest.length > 0) yield groupByConversation(rest);
  if (onIgnored !== undefined) for (const [reason, count] of reader?.ignored ?? []) onIgnored(reason, count);
}

/** All events of a log, those of a conversation together. Throws as {@link readLog}. */
export const readWholeLog = async (path: string, io: CommandIo, options: ReadLogOptions = {}): Promise<LoggedEvent[]> => {
  const events: LoggedEvent[] = [];
  for await (const conversations of readLog(path, io, options)) for (const conversation of conversations) for (const event of conversation.events) events.push(event);
  return events;
};

const readValue = (reader: LogReader, { line, value }: Value, path: string): readonly LoggedEvent[] => {
  try {
    return reader.read(value, line);
  } catch (error) {
    if (error instanceof LogLineError) throw new UsageError(`${nameOfInput(path)}, line ${line}: ${error.message}`, { cause: error });
    throw error;
  }
};

const described = (): string => logFormats.map(({ name, lines }) => `${name}: ${lines}`).join('; ');

const formatOf = (value: unknown, { format, path, line }: { format: string | undefined; path: string; line: number }): LogFormat => {
  if (format !== undefined) {
    const named = logFormats.find(({ name }) => name === format);
    if (named === undefined) throw new UsageError(`there is no format ${JSON.stringify(format)}; there are ${described()}`);
    return named;
  }
  const found = isObject(value) ? logFormats.find(({ recognises }) => recognises(value)) : undefined;
  if (found === undefined) throw new UsageError(`${nameOfInput(path)}, line ${line}: expected a JSON object of one of these formats (--format names one): ${described()}`);
  return found;
};

/** JSON lines; or one JSON document over several lines, whose list is read item by item. */
async function* valuesOf(path: string, io: CommandIo): AsyncGenerator<Value> {
  const source = nameOfInput(path);
  let document: string[] | undefined;
  for await (const { line, text } of textLines(path, io)) {
    if (document !== undefined) {
      document.push(text);
      continue;
    }
    if (line === 1 && beginsDocument(text)) {
      document = [text];
      continue;
    }
    const value = parseJson(text, `${source}, line ${line},`);
    yield { line, value };
  }
  if (document === undefined) return;
  const value = parseJson(document.join('\n'), source);
  if (!Array.isArray(value)) yield { line: 1, value };
  // An item has no line of its own; its place in the list says as much.
  else for (const [i, item] of value.entries()) yield { line: i + 1, value: item as unknown };
}

/** Whether a first line is the beginning of something longer. */
const beginsDocument = (text: string): boolean => {
  if (text.trimStart().startsWith('[')) return true;
  if (text.trim() === '{') return true;
  return false;
};
