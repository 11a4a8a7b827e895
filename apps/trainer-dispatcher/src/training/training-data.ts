import { createHash } from 'node:crypto';
import type { ChosenPreferenceRow, Example, OpenAiPreferenceRow } from '@ratchet/domain';
import type { Trainer } from '@ratchet/providers';
import { trainingFile } from './training-file.js';

/** What a cycle trains on: its own examples, and those of earlier promotions that keep it from forgetting. */
export interface TrainingData {
  readonly train: readonly Example[];
  readonly retained: readonly Example[];
}

export const dataFileNames = ['examples.jsonl', 'retention.jsonl', 'preferences.jsonl'] as const;
export type DataFileName = (typeof dataFileNames)[number];
/** JSON lines, each line ended; `preferences.jsonl` only where there is a pair. */
export type DataFiles = Readonly<Partial<Record<DataFileName, string>>>;

const byId = (examples: readonly Example[]): Example[] => [...examples].sort((a, b) => (a.exampleId < b.exampleId ? -1 : 1));
const user = (content: string) => ({ role: 'user' as const, content });
const assistant = (content: string) => ({ role: 'assistant' as const, content });

interface Pair {
  readonly input: string;
  readonly preferred: string;
  readonly rejected: string;
}

/** Both answers must say something, and not the same. */
export const preferencePairs = (examples: readonly Example[]): Pair[] =>
  byId(examples).flatMap(({ input, output, rejectedOutput }) =>
    rejectedOutput !== undefined && /\S/u.test(input) && /\S/u.test(output) && /\S/u.test(rejectedOutput) && output.trim() !== rejectedOutput.trim() ? [{ input, preferred: output, rejected: rejectedOutput }] : [],
  );

const openAiPair = ({ input, preferred, rejected }: Pair): OpenAiPreferenceRow => ({ input: { messages: [user(input)] }, preferred_output: [assistant(preferred)], non_preferred_output: [assistant(rejected)] });
const chosenPair = ({ input, preferred, rejected }: Pair): ChosenPreferenceRow => ({ prompt: [user(input)], chosen: [assistant(preferred)], rejected: [assistant(rejected)] });

/** The one file of a provider's job. */
export const providerFile = ({ train, retained }: TrainingData, { trainer, method }: { trainer: Trainer; method: 'supervised' | 'dpo' }): string =>
  method === 'dpo'
    ? preferencePairs([...train, ...retained]).map((pair) => JSON.stringify(openAiPair(pair))).join('\n')
    : trainingFile([...train, ...retained], trainer);

const rows = (examples: readonly Example[]): string =>
  byId(examples)
    .map(({ exampleId, input, output, category, difficulty, confidence }) =>
      `${JSON.stringify({ id: exampleId, messages: [user(input), assistant(output)], ...(category !== undefined && { category }), ...(difficulty !== undefined && { difficulty }), weight: confidence })}\n`,
    )
    .join('');

/** The files of a program of the team's own, in an order that depends on the examples alone. */
export const programFiles = ({ train, retained }: TrainingData): DataFiles => {
  const pairs = preferencePairs([...train, ...retained]);
  return {
    'examples.jsonl': rows(train),
    'retention.jsonl': rows(retained),
    ...(pairs.length > 0 && { 'preferences.jsonl': pairs.map((pair) => `${JSON.stringify(chosenPair(pair))}\n`).join('') }),
  };
};

/** SHA-256 of what a trainer is given, file after file in the order of {@link dataFileNames}. */
export const hashOfFiles = (files: DataFiles): string => {
  const hash = createHash('sha256');
  for (const name of dataFileNames) hash.update(files[name] ?? '');
  return hash.digest('hex');
};

export const hashOfText = (text: string): string => createHash('sha256').update(text).digest('hex');
