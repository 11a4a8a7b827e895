import { detectConversations, type Detection, type SignalsConfigInput, signalsConfigSchema } from '@ratchet/signals';
import type { Command } from 'commander';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { type CommandIo, UsageError } from '../command-module.js';
import { DetectionSummary } from '../detect/detection-summary.js';
import { nameOfInput, parseJson, readInput } from '../json-input.js';
import { logFormats, readLog } from '../logs/read-log.js';

interface DetectOptions {
  readonly config?: string;
  readonly format?: string;
  readonly summary?: string;
  readonly terms?: boolean;
}

const CHARS_PER_WRITE = 65_536;

const readConfig = async (path: string | undefined, io: CommandIo): Promise<SignalsConfigInput> => {
  if (path === undefined) return {};
  const parsed = signalsConfigSchema.safeParse(parseJson(await readInput(path, io), nameOfInput(path)));
  if (parsed.success) return parsed.data;
  throw new UsageError(`${nameOfInput(path)}: ${parsed.error.issues.map(({ path: place, message }) => `${place.join('.')}: ${message}`).join('; ')}`);
};

/** Many short lines to a stream that may be slow to take them. */
class LineWriter {
  #waiting = '';

  constructor(private readonly stream: Writable) {}

  async write(line: string): Promise<void> {
    this.#waiting += `${line}\n`;
    if (this.#waiting.length >= CHARS_PER_WRITE) await this.flush();
  }

  async flush(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = '';
    if (text !== '' && !this.stream.write(text)) await once(this.stream, 'drain');
  }
}

const resultOf = ({ interactionId, conversationId, failureProbability, failed, signals, terms }: Detection, withTerms: boolean): string =>
  JSON.stringify({ interactionId, conversationId, failureProbability, failed, signals, ...(withTerms && { terms }) });

const writeSummary = async (path: string, text: string): Promise<void> => {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new UsageError(`cannot write the summary to ${path}: ${(error as Error).message}`, { cause: error });
  }
};

const detect = async (file: string, { config: configFile, format, summary, terms }: DetectOptions, io: CommandIo): Promise<void> => {
  const config = await readConfig(configFile, io);
  const found = new DetectionSummary();
  const rows = new LineWriter(io.stdout);
  const onIgnored = (reason: string, count: number): void => void io.stderr.write(`passed over: ${count} ${reason}\n`);
  for await (const conversations of readLog(file, io, { format, onIgnored })) {
    for (const detection of detectConversations(conversations, { config })) {
      if (summary !== undefined) found.add(detection);
      if (summary !== '-') await rows.write(resultOf(detection, terms === true));
    }
  }
  await rows.flush();
  if (summary === '-') io.stdout.write(found.text());
  else if (summary !== undefined) await writeSummary(summary, found.text());
};

/** `ratchet detect`: one line per interaction, in the order of the input. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .argument('<file>', 'a log as JSON lines, or one JSON document; - is standard input')
    .option('--format <name>', `one of ${logFormats.map(({ name }) => name).join(', ')}; without it, the first line decides`)
    .option('--summary <path>', 'write what was found for people to read: failures by signal and workload, ten examples; - puts it in the place of the lines')
    .option('--config <path>', 'JSON with the thresholds that differ from the defaults')
    .option('--terms', 'also list what each probability is the sum of')
    .addHelpText('after', `\nFormats\n${logFormats.map(({ name, lines }) => `  ${name}: ${lines}`).join('\n')}\n\nConversations that stand on one line each are judged as they are read; the lines of all other logs are kept in memory until the end.`)
    .action((file: string, options: DetectOptions) => detect(file, options, io));
};
