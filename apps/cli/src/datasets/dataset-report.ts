import { createHash } from 'node:crypto';
import { isEvent, topics } from '@ratchet/contracts';
import { candidateRegistered } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import { printableText } from '../printable-text.js';
import { plainTable } from '../stack/plain-table.js';
import { readEvents } from '../stack/read-topics.js';
import { countsOf } from './dataset-diff.js';
import type { DatasetDiff, DiffedExample } from './dataset-diff.js';
import { streamExamples } from './dataset-log.js';
import type { DatasetLog } from './dataset-log.js';

const NAME_CHARS_MAX = 100;
const TEXT_CHARS_MAX = 160;
const EXAMPLES_SHOWN_MAX = 20;

/** What `ratchet dataset show` tells. */
export interface DatasetReport {
  readonly datasetId: string;
  readonly model: string;
  readonly workload: string;
  readonly purpose: string;
  readonly versionedAt: string;
  readonly previousDatasetId: string | null;
  readonly contentHash: string;
  /** Whether the rows on the log have this hash. */
  readonly contentVerified: boolean;
  readonly opportunityIds: readonly string[];
  readonly costUsd: number | null;
  readonly examples: number;
  readonly withdrawn: number;
  readonly counts: ReturnType<typeof countsOf>;
  /** Lineage: how many examples name each of these. */
  readonly lineage: Readonly<Record<'interactions' | 'signals' | 'teacherCalls' | 'reviewers' | 'agreeingUsers', number>>;
  /** Of all datasets up to this one, without what was withdrawn. */
  readonly version: { readonly datasets: number; readonly rows: number } | null;
  /** Candidates that were trained on it. */
  readonly trainedVersions: readonly string[];
}

const trainedOn = async (kafka: KafkaClient, datasetId: string): Promise<string[]> => {
  const versions = new Set<string>();
  await readEvents({ kafka, topics: [topics.candidates.name], onEvent: (event) => void (isEvent(event, candidateRegistered) && event.data.datasetIds.includes(datasetId) && versions.add(event.data.version)) });
  return [...versions];
};

/** @throws {UsageError} where the dataset does not exist or is not complete */
export const reportDataset = async (kafka: KafkaClient, log: DatasetLog, datasetId: string): Promise<DatasetReport> => {
  const { model, workload, closed } = log.require(datasetId);
  const { purpose, versionedAt, previousDatasetId, contentHash, opportunityIds, costUsd } = closed.versioned;
  const ids: string[] = [];
  const present: DiffedExample[] = [];
  const lineage = { interactions: 0, signals: 0, teacherCalls: 0, reviewers: 0, agreeingUsers: 0 };
  await streamExamples(kafka, new Set([datasetId]), ({ example: { exampleId, source, split, category, lineage: from }, place }) => {
    ids.push(exampleId);
    if (log.isWithdrawn(exampleId, place)) return;
    present.push({ exampleId, source, split, ...(category !== undefined && { category }) });
    lineage.interactions += from.interactionIds.length > 0 ? 1 : 0;
    lineage.signals += from.signals?.length ? 1 : 0;
    lineage.teacherCalls += from.teacherCalls?.length ? 1 : 0;
    lineage.reviewers += from.reviewers?.length ? 1 : 0;
    lineage.agreeingUsers += from.agreeingUsers === undefined ? 0 : 1;
  });
  const upTo = purpose === 'training' ? log.versionUpTo(datasetId) : undefined;
  return {
    datasetId, model, workload, purpose, versionedAt, previousDatasetId: previousDatasetId ?? null, contentHash,
    contentVerified: createHash('sha256').update(ids.sort().join('\n')).digest('hex') === contentHash,
    opportunityIds, costUsd: costUsd ?? null, examples: present.length, withdrawn: ids.length - present.length, counts: countsOf(present), lineage,
    version: upTo ? { datasets: upTo.length, rows: upTo.reduce((sum, id) => sum + (log.datasets.get(id)?.rows ?? 0), 0) } : null,
    trainedVersions: await trainedOn(kafka, datasetId),
  };
};

const countLines = (counts: ReturnType<typeof countsOf>): (string | number)[][] =>
  Object.entries(counts).flatMap(([by, values]) => Object.entries(values).map(([name, count]) => [by, printableText(name, NAME_CHARS_MAX), count]));

export const printReport = (report: DatasetReport): string => {
  const facts: (string | number)[][] = [
    ['target', `${report.model}/${report.workload}`],
    ['purpose', report.purpose],
    ['versioned', report.versionedAt],
    ['previous', report.previousDatasetId ?? '– (the first)'],
    ['content', `${report.contentHash} (${report.contentVerified ? 'the rows have this hash' : 'THE ROWS HAVE ANOTHER HASH'})`],
    ['examples', `${report.examples}${report.withdrawn > 0 ? `, ${report.withdrawn} more withdrawn` : ''}`],
    ['with lineage', Object.entries(report.lineage).map(([name, count]) => `${name} ${count}`).join(', ')],
    ['opportunities', report.opportunityIds.length],
    ['teacher, US dollars', report.costUsd ?? 'not known'],
    ['version', report.version ? `${report.version.datasets} datasets, ${report.version.rows} rows issued up to here` : 'a suite is none'],
    ['trained', report.trainedVersions.length > 0 ? report.trainedVersions.join(', ') : 'no version yet'],
  ].map(([name = '', value = '']) => [name, typeof value === 'string' ? printableText(value, 400) : value]);
  return `${plainTable(['dataset', report.datasetId], facts)}\n${plainTable(['by', '', 'examples'], countLines(report.counts))}`;
};

const exampleLines = (sign: '+' | '-', examples: readonly DiffedExample[]): string[] => [
  ...examples.slice(0, EXAMPLES_SHOWN_MAX).map(({ exampleId, input, output, source, split }) =>
    `${sign} ${exampleId} (${source}, ${split})${input === undefined || output === undefined ? ' withdrawn' : `: ${printableText(input, TEXT_CHARS_MAX)} -> ${printableText(output, TEXT_CHARS_MAX)}`}`),
  ...(examples.length > EXAMPLES_SHOWN_MAX ? [`${sign} and ${examples.length - EXAMPLES_SHOWN_MAX} more: --json shows all`] : []),
];

export const printDiff = ({ from, to, added, removed, changed }: DatasetDiff): string => {
  const [plus, minus] = [countsOf(added), countsOf(removed)];
  const names = (['source', 'split', 'category'] as const).flatMap((by) => [...new Set([...Object.keys(plus[by]), ...Object.keys(minus[by])])].sort().map((name) => [by, name] as const));
  const rows = names.map(([by, name]) => [by, printableText(name, NAME_CHARS_MAX), plus[by][name] ?? 0, minus[by][name] ?? 0]);
  const changes = changed.slice(0, EXAMPLES_SHOWN_MAX).map(({ input, before, after }) => `~ ${printableText(input, TEXT_CHARS_MAX)}: ${printableText(before, TEXT_CHARS_MAX)} => ${printableText(after, TEXT_CHARS_MAX)}`);
  return [
    `${from} -> ${to}: ${added.length} added, ${removed.length} removed, ${changed.length} with another answer`,
    ...(rows.length > 0 ? [plainTable(['by', '', 'added', 'removed'], rows)] : []),
    ...exampleLines('+', added),
    ...exampleLines('-', removed),
    ...changes,
    ...(changed.length > EXAMPLES_SHOWN_MAX ? [`~ and ${changed.length - EXAMPLES_SHOWN_MAX} more: --json shows all`] : []),
  ].join('\n');
};
