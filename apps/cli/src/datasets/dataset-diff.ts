import { createHash } from 'node:crypto';
import { normalizeAnswer, sameAnswer, targetKey } from '@ratchet/domain';
import type { Example } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import { UsageError } from '../command-module.js';
import { streamExamples } from './dataset-log.js';
import type { DatasetLog, PlacedExample } from './dataset-log.js';

/** An example of a difference; what has been withdrawn since keeps its id alone. */
export type DiffedExample = Pick<Example, 'exampleId' | 'source' | 'split' | 'category'> & Partial<Pick<Example, 'input' | 'output'>>;

export interface ChangedAnswer {
  readonly input: string;
  readonly before: string;
  readonly after: string;
  readonly beforeId: string;
  readonly afterId: string;
}

/** What the version of `to` has that of `from` has not, and the other way round. */
export interface DatasetDiff {
  readonly from: string;
  readonly to: string;
  readonly added: readonly DiffedExample[];
  readonly removed: readonly DiffedExample[];
  /** Requests that have another answer, too, or in its place. */
  readonly changed: readonly ChangedAnswer[];
}

const inputKeyOf = ({ input }: Example): string => createHash('sha256').update(normalizeAnswer(input)).digest('base64url');

/** Gathers a difference from rows as they stream by; what it keeps grows with the difference alone. */
export class DiffCollector {
  private readonly added = new Map<string, Example>();
  private readonly addedShown: DiffedExample[] = [];
  private readonly removedShown: DiffedExample[] = [];
  private readonly changed: ChangedAnswer[] = [];

  constructor(
    private readonly log: DatasetLog,
    private readonly versions: { readonly earlier: ReadonlySet<string>; readonly earlierId: string; readonly laterId: string },
  ) {}

  /** First of the datasets between the two, then of those that both have. */
  takeLater({ example, place }: PlacedExample): void {
    const closed = this.log.require(this.versions.laterId).closed.place;
    if (this.log.isWithdrawn(example.exampleId, place, closed)) return;
    this.addedShown.push(this.shown(example, place));
    if (!this.log.isWithdrawn(example.exampleId, place)) this.added.set(inputKeyOf(example), example);
  }

  takeEarlier({ example, place }: PlacedExample): void {
    const [from, to] = [this.versions.earlierId, this.versions.laterId].map((id) => this.log.require(id).closed.place);
    if (this.log.isWithdrawn(example.exampleId, place, from)) return;
    const isGone = this.log.isWithdrawn(example.exampleId, place, to);
    if (isGone) this.removedShown.push(this.shown(example, place));
    const after = this.added.get(inputKeyOf(example));
    if (!after || sameAnswer(after.output, example.output) || this.log.isWithdrawn(example.exampleId, place)) return;
    this.changed.push({ input: after.input, before: example.output, after: after.output, beforeId: example.exampleId, afterId: after.exampleId });
  }

  get diff(): Pick<DatasetDiff, 'added' | 'removed' | 'changed'> {
    return { added: this.addedShown, removed: this.removedShown, changed: this.changed };
  }

  private shown({ exampleId, source, split, category, input, output }: Example, place: PlacedExample['place']): DiffedExample {
    return { exampleId, source, split, ...(category !== undefined && { category }), ...(!this.log.isWithdrawn(exampleId, place) && { input, output }) };
  }
}

const swapped = ({ input, before, after, beforeId, afterId }: ChangedAnswer): ChangedAnswer => ({ input, before: after, after: before, beforeId: afterId, afterId: beforeId });

/**
 * How the version of one dataset differs from that of another of the same target, each as it was when its dataset was closed.
 *
 * @throws {UsageError} where one does not exist or is a suite, or they are of two targets
 */
export const diffDatasets = async (kafka: KafkaClient, log: DatasetLog, { from, to }: { readonly from: string; readonly to: string }): Promise<DatasetDiff> => {
  const [a, b] = [log.require(from), log.require(to)];
  if (targetKey(a) !== targetKey(b)) throw new UsageError(`${from} is of ${targetKey(a)}, and ${to} of ${targetKey(b)}: versions of two targets have nothing in common`);
  const isForward = a.closed.place.offset <= b.closed.place.offset;
  const [earlierId, laterId] = isForward ? [from, to] : [to, from];
  const earlier = new Set(log.versionUpTo(earlierId));
  const between = new Set(log.versionUpTo(laterId).filter((id) => !earlier.has(id)));
  const collector = new DiffCollector(log, { earlier, earlierId, laterId });
  await streamExamples(kafka, between, (placed) => collector.takeLater(placed));
  await streamExamples(kafka, earlier, (placed) => collector.takeEarlier(placed));
  const { added, removed, changed } = collector.diff;
  return isForward ? { from, to, added, removed, changed } : { from, to, added: removed, removed: added, changed: changed.map(swapped) };
};

/** How many examples by source, split and category. */
export const countsOf = (examples: readonly DiffedExample[]): Record<'source' | 'split' | 'category', Record<string, number>> => {
  const by = (read: (example: DiffedExample) => string): Record<string, number> => Object.fromEntries([...Map.groupBy(examples, read)].map(([key, { length }]) => [key, length] as const).sort(([x], [y]) => (x < y ? -1 : 1)));
  return { source: by(({ source }) => source), split: by(({ split }) => split), category: by(({ category }) => category ?? '(none)') };
};
