import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { KafkaClient } from '@ratchet/kafka';
import { UsageError } from '../command-module.js';
import { DatasetLog, streamExamples } from './dataset-log.js';
import type { PlacedExample } from './dataset-log.js';
import { exportedRow, rejectedOf } from './export-rows.js';
import type { RowOptions } from './export-rows.js';
import { readFailedAnswers } from './failed-answers.js';

export interface Selection {
  /** One dataset alone. */
  readonly dataset?: string;
  /** The version: this dataset and all before it. */
  readonly until?: string;
  readonly split: 'train' | 'test' | 'all';
}

export interface ExportCounts {
  examples: number;
  written: number;
  withoutFailedAnswer: number;
  notValid: number;
  withdrawn: number;
}

/** Interactions whose failed answers are looked up, for examples that do not carry one themselves. */
const LOOKED_UP_MAX = 200_000;

/** @throws {UsageError} where a dataset does not exist or is not complete, or both kinds of choice are given */
export const chosenDatasets = (log: DatasetLog, { dataset, until }: Selection): Set<string> => {
  if (dataset !== undefined && until !== undefined) throw new UsageError('--dataset is one dataset alone, --until all up to one: give one of them');
  if (until !== undefined) return new Set(log.versionUpTo(until));
  return new Set(dataset === undefined ? log.trainingDatasets().map(({ datasetId }) => datasetId) : [log.require(dataset).datasetId]);
};

/** Waits where the reader is slower than the log. */
export const writeLine = async (output: Writable, line: string): Promise<void> => {
  if (!output.write(`${line}\n`)) await once(output, 'drain');
};

const failedAnswersFor = async (kafka: KafkaClient, log: DatasetLog, { chosen, wanted }: { chosen: ReadonlySet<string>; wanted: (placed: PlacedExample) => boolean }): Promise<Map<string, string>> => {
  const ids = new Set<string>();
  await streamExamples(kafka, chosen, (placed) => {
    if (!wanted(placed) || rejectedOf(placed.example, new Map()) !== undefined) return;
    for (const id of placed.example.lineage.interactionIds) if (ids.size < LOOKED_UP_MAX && !log.erasedInteractions.has(id)) ids.add(id);
  });
  return readFailedAnswers(kafka, ids);
};

/** Writes the examples of datasets as lines of a training file, as they come from the log: memory does not grow with their number. */
export const exportExamples = async (kafka: KafkaClient, output: Writable, { format, fields, ...selection }: Selection & Omit<RowOptions, 'failedAnswers'>): Promise<ExportCounts> => {
  const log = await DatasetLog.read(kafka);
  const chosen = chosenDatasets(log, selection);
  const counts: ExportCounts = { examples: 0, written: 0, withoutFailedAnswer: 0, notValid: 0, withdrawn: 0 };
  const isChosen = ({ example, place }: PlacedExample): boolean => (selection.split === 'all' || example.split === selection.split) && !log.isWithdrawn(example.exampleId, place);
  const failedAnswers = format === 'dpo' ? await failedAnswersFor(kafka, log, { chosen, wanted: isChosen }) : new Map<string, string>();
  await streamExamples(kafka, chosen, async (placed) => {
    if (log.isWithdrawn(placed.example.exampleId, placed.place)) counts.withdrawn += 1;
    if (!isChosen(placed)) return;
    counts.examples += 1;
    const exported = exportedRow(placed.example, { format, fields, failedAnswers });
    if ('row' in exported) {
      counts.written += 1;
      await writeLine(output, JSON.stringify(exported.row));
    } else if (exported.left === 'no_failed_answer') counts.withoutFailedAnswer += 1;
    else counts.notValid += 1;
  });
  return counts;
};
