import { detectConversations, type Detection } from '@ratchet/signals';
import type { Command } from 'commander';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { CommandIo } from '../command-module.js';
import { DetectionSummary } from '../detect/detection-summary.js';
import { formatOption, formatsHelp, readLog } from '../logs/read-log.js';
import { type DetectionOptions, readDetection, withDetectionOptions } from '../signals/read-detection.js';
import { writeOutput } from '../write-output.js';

interface DetectOptions extends DetectionOptions {
  readonly format?: string;
  readonly summary?: string;
  readonly terms?: boolean;
}

const CHARS_PER_WRITE = 65_536;

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

const detect = async (file: string, { format, summary, terms, ...options }: DetectOptions, io: CommandIo): Promise<void> => {
  const detection = await readDetection(options, io);
  const found = new DetectionSummary();
  const rows = new LineWriter(io.stdout);
  const onIgnored = (reason: string, count: number): void => void io.stderr.write(`passed over: ${count} ${reason}\n`);
  for await (const conversations of readLog(file, io, { format, onIgnored })) {
    for (const result of detectConversations(conversations, detection)) {
      if (summary !== undefined) found.add(result);
      if (summary !== '-') await rows.write(resultOf(result, terms === true));
    }
  }
  await rows.flush();
  if (summary === '-') io.stdout.write(found.text());
  else if (summary !== undefined) await writeOutput(summary, { what: 'the summary', text: found.text() });
};

/** `ratchet detect`: one line per interaction, in the order of the input. */
export const register = (command: Command, io: CommandIo): void => {
  withDetectionOptions(command)
    .argument('<file>', 'a log as JSON lines, or one JSON document; - is standard input')
    .option(...formatOption)
    .option('--summary <path>', 'write what was found for people to read: failures by signal and workload, ten examples; - puts it in the place of the lines')
    .option('--terms', 'also list what each probability is the sum of')
    .addHelpText('after', `${formatsHelp}\n\nConversations that stand on one line each are judged as they are read; the lines of all other logs are kept in memory until the end.`)
    .action((file: string, options: DetectOptions) => detect(file, options, io));
};
