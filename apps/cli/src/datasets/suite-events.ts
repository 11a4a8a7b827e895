import { createHash } from 'node:crypto';
import type { EventEnvelope } from '@ratchet/contracts';
import { canonicalJson, datasetVersioned, EXAMPLES_PER_EVENT, examplesAdded } from '@ratchet/domain';
import type { AnswerCheck, Example, ScorerChoice, Target } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import { cliEvent } from '../stack/cli-event.js';

export type SuitePurpose = 'general_suite' | 'safety_suite';

/** One question of a suite. A safety suite judges the answer itself, so its `output` is empty. */
export interface SuiteRow {
  readonly id: string;
  readonly input: string;
  readonly output: string;
  readonly category?: string;
  /** Grades an answer in place of `output`. */
  readonly check?: AnswerCheck;
  /** Scores answers in place of the workload's scorer, and of `check`. */
  readonly scorer?: ScorerChoice;
}

/** Kafka takes messages up to a megabyte by default; the envelope and the other examples' fields need some of it. */
export const EVENT_CHARS_MAX = 300_000;

/** What an example takes in an event, about: schemas of scorers may be longer than questions. */
const charsOf = ({ input, output, check, scorer }: Pick<Example, 'input' | 'output' | 'check' | 'scorer'>): number => input.length + output.length + (check || scorer ? JSON.stringify([check, scorer]).length : 0);

/** Longer than any event can carry. */
export const isTooLong = (row: SuiteRow): boolean => charsOf(row) > EVENT_CHARS_MAX;

/** Examples in parts that each fit into one event. */
export const partsOf = (examples: readonly Example[], { countMax = EXAMPLES_PER_EVENT, charsMax = EVENT_CHARS_MAX } = {}): Example[][] => {
  const parts: Example[][] = [];
  let chars = 0;
  for (const example of examples) {
    const size = charsOf(example);
    const last = parts.at(-1);
    if (last && last.length < countMax && chars + size <= charsMax) last.push(example);
    else {
      parts.push([example]);
      chars = 0;
    }
    chars += size;
  }
  return parts;
};

/** What makes two rows the same item, whatever the order of their fields. */
export const rowHashOf = ({ id, input, output, category, check, scorer }: SuiteRow): string =>
  createHash('sha256').update(canonicalJson([id, input, output, category ?? null, check ?? null, scorer ?? null])).digest('hex');

/** The version of a suite: its items, in whatever order they were imported. */
export const contentHashOf = (rows: readonly SuiteRow[]): string => createHash('sha256').update(rows.map(rowHashOf).sort().join('\n')).digest('hex');

const exampleOf = ({ id, input, output, category, check, scorer }: SuiteRow): Example => ({
  exampleId: id,
  input,
  output,
  ...(category !== undefined && { category }),
  ...(check && { check }),
  ...(scorer && { scorer }),
  source: 'import',
  split: 'test',
  confidence: 1,
  lineage: { interactionIds: [] },
});

/**
 * The events of a suite: its examples in parts, and the dataset that closes them. Each import is a dataset of its own, because
 * the latest one of a target counts, even where its content has been imported before.
 */
export const suiteEvents = (target: Target, purpose: SuitePurpose, rows: readonly SuiteRow[], now = new Date().toISOString()): EventEnvelope[] => {
  const contentHash = contentHashOf(rows);
  const datasetId = derivedId('suite', purpose, target.model, target.workload, contentHash, now);
  const added = partsOf(rows.map(exampleOf)).map((examples, part) => cliEvent(examplesAdded, { datasetId, ...target, examples, addedAt: now }, derivedId('suite-part', datasetId, part)));
  const closing = cliEvent(
    datasetVersioned,
    { datasetId, ...target, purpose, trainCount: 0, testCount: rows.length, contentHash, opportunityIds: [], failuresAnalyzed: 0, rejected: [], highPriority: false, versionedAt: now },
    derivedId('suite-closed', datasetId),
  );
  return [...added, closing];
};
