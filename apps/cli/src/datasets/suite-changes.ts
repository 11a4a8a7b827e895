import type { Target } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import { DatasetLog, streamExamples } from './dataset-log.js';
import type { KnownDataset } from './dataset-log.js';
import { rowHashOf } from './suite-events.js';
import type { SuitePurpose, SuiteRow } from './suite-events.js';

/** What a target is judged on until another suite is imported. */
export interface CurrentSuite {
  readonly datasetId: string;
  readonly contentHash: string;
  readonly rows: readonly SuiteRow[];
}

/** The latest closed suite of a target, by the same rule as the evaluator's; undefined where there is none. */
export const latestSuite = (datasets: Iterable<KnownDataset>, target: Target, purpose: SuitePurpose): KnownDataset | undefined =>
  [...datasets]
    .filter(({ model, workload, closed }) => model === target.model && workload === target.workload && closed?.versioned.purpose === purpose)
    .sort((a, b) => Date.parse(b.closed?.versioned.versionedAt ?? '') - Date.parse(a.closed?.versioned.versionedAt ?? '') || (a.datasetId < b.datasetId ? -1 : 1))[0];

export const currentSuite = async (kafka: KafkaClient, target: Target, purpose: SuitePurpose): Promise<CurrentSuite | undefined> => {
  const latest = latestSuite((await DatasetLog.read(kafka)).datasets.values(), target, purpose);
  if (!latest?.closed) return undefined;
  const rows: SuiteRow[] = [];
  await streamExamples(kafka, new Set([latest.datasetId]), ({ example: { exampleId, input, output, category, check, scorer } }) => {
    rows.push({ id: exampleId, input, output, ...(category !== undefined && { category }), ...(check && { check }), ...(scorer && { scorer }) });
  });
  return { datasetId: latest.datasetId, contentHash: latest.closed.versioned.contentHash, rows };
};

/** Items by their ids: a line without an id is another item as soon as it changes. */
export const changesOf = (before: readonly SuiteRow[], after: readonly SuiteRow[]): { added: number; removed: number; changed: number } => {
  const known = new Map(before.map((row) => [row.id, rowHashOf(row)]));
  const ids = new Set(after.map(({ id }) => id));
  return {
    added: after.filter(({ id }) => !known.has(id)).length,
    removed: before.filter(({ id }) => !ids.has(id)).length,
    changed: after.filter((row) => known.has(row.id) && known.get(row.id) !== rowHashOf(row)).length,
  };
};

export const printChanges = (before: readonly SuiteRow[], after: readonly SuiteRow[]): string => {
  const { added, removed, changed } = changesOf(before, after);
  return `${added} added, ${removed} removed, ${changed} changed`;
};
