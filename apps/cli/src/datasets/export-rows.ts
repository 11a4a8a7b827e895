import { sameAnswer } from '@ratchet/domain';
import type { Example } from '@ratchet/domain';
import { UsageError } from '../command-module.js';
import type { DatasetIndex, StoredDataset } from './dataset-index.js';

export interface Selection {
  readonly dataset?: string;
  readonly split: 'train' | 'test' | 'all';
}

const isClosed = ({ versioned }: StoredDataset): boolean => versioned !== undefined;

/**
 * The examples of one dataset, or of all training datasets; an example that several hold comes once.
 *
 * @throws {UsageError} where the dataset does not exist, or is not complete yet
 */
export const selectExamples = (index: DatasetIndex, { dataset: wanted, split }: Selection): Example[] => {
  const named = wanted === undefined ? undefined : index.get(wanted);
  if (wanted !== undefined && !named) throw new UsageError(`there is no dataset ${wanted}: \`ratchet dataset list\` shows which there are`);
  if (named && !isClosed(named)) throw new UsageError(`dataset ${wanted} is not complete yet: try again in a moment`);
  const chosen = named ? [named] : [...index.values()].filter(({ versioned }) => versioned?.purpose === 'training');
  const examples = new Map(chosen.flatMap((dataset) => [...dataset.examples]));
  return [...examples.values()].filter((example) => split === 'all' || example.split === split);
};

const user = (content: string): { role: 'user'; content: string } => ({ role: 'user', content });
const assistant = (content: string): { role: 'assistant'; content: string } => ({ role: 'assistant', content });

/** A line of a supervised fine-tuning file, in OpenAI's shape. */
export const sftRow = ({ input, output }: Example): object => ({ messages: [user(input), assistant(output)] });

/** A line of a preference file, in OpenAI's shape; undefined where no failed answer is known that differs from the right one. */
export const dpoRow = ({ input, output, lineage }: Example, failedAnswers: ReadonlyMap<string, string>): object | undefined => {
  const rejected = lineage.interactionIds.map((id) => failedAnswers.get(id)).find((answer) => answer !== undefined && answer.trim() !== '' && !sameAnswer(answer, output));
  if (rejected === undefined) return undefined;
  return { input: { messages: [user(input)] }, preferred_output: [assistant(output)], non_preferred_output: [assistant(rejected)] };
};
