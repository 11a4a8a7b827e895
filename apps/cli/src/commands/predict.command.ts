import { EmbeddedModel, loadCheckpoint, type SentenceSource, textOfContent } from '@ratchet/embedded-model';
import type { Command } from 'commander';

import { type CommandIo, UsageError } from '../command-module.js';
import { nameOfInput, parseJsonLines, readInput } from '../json-input.js';
import { sentenceSource } from '../stack/sentence-source.js';
import { folderOf } from './model-reference.js';

interface Question {
  readonly id: unknown;
  readonly text: string;
}

/**
 * Questions, `{id, messages: [user]}` a line. Of several messages, the last one of the user is asked.
 *
 * @throws {UsageError} with the line number of the first line that asks nothing
 */
export const parseQuestions = (content: string, source: string): Question[] =>
  parseJsonLines(content, source).map(({ line, value }) => {
    const { id = null, messages } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
    if (!Array.isArray(messages)) throw new UsageError(`${source}, line ${line}: expected {"id": ..., "messages": [{"role": "user", "content": "..."}]}`);
    const asked = (messages as unknown[]).findLast((message) => typeof message === 'object' && message !== null && (message as Record<string, unknown>)['role'] === 'user');
    const text = asked === undefined ? null : textOfContent((asked as Record<string, unknown>)['content']);
    if (text === null) throw new UsageError(`${source}, line ${line}: there is no user message with text`);
    return { id, text };
  });

/** Logs repeat themselves: the vector of a text is computed once. */
const encodedOnce = (source: SentenceSource): ((text: string) => Promise<Float32Array>) => {
  const vectors = new Map<string, Promise<Float32Array>>();
  return (text) => {
    const vector = vectors.get(text) ?? source.encode(text);
    vectors.set(text, vector);
    return vector;
  };
};

/**
 * What turns a question into the vector that the model reads; undefined for a model of n-grams alone.
 *
 * @throws {UsageError} where the model has an encoder that is not there
 */
const encoderOf = async (model: EmbeddedModel, io: CommandIo): Promise<((text: string) => Promise<Float32Array>) | undefined> => {
  if (model.encoder === null) return undefined;
  const source = await sentenceSource((text) => void io.stderr.write(`${text}\n`));
  if (source?.id === model.encoder.id) return encodedOnce(source);
  throw new UsageError(`the model reads vectors of the sentence encoder ${model.encoder.id.slice(0, 12)}, ${source === null ? 'which cannot be had here' : `and this release has ${source.id.slice(0, 12)}: train the model again`}`);
};

/** `ratchet predict`: the best answer to every line, in order, with how sure the model is. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .requiredOption('--model <ref>', 'a folder, or model@version in RATCHET_MODELS_DIR')
    .argument('<file>', 'questions {id, messages: [user]} as JSON lines; - is standard input')
    .addHelpText('after', '\nPrints {id, output, confidence, abstained} a line. Exit code: 0 done, 2 bad usage or input.')
    .action(async (file: string, options: { model: string }) => {
      const questions = parseQuestions(await readInput(file, io), nameOfInput(file));
      const { checkpoint } = await loadCheckpoint(folderOf(options.model));
      const model = new EmbeddedModel(checkpoint);
      const encode = await encoderOf(model, io);
      for (const { id, text } of questions) {
        const { output, confidence, abstained } = model.predict(text, await encode?.(text));
        io.stdout.write(`${JSON.stringify({ id, output, confidence, abstained })}\n`);
      }
    });
};
