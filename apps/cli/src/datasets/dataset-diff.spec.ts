import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { datasetVersioned, erasureCompleted, examplesAdded } from '@ratchet/domain';
import type { Example, ExamplesAdded } from '@ratchet/domain';
import { cliEvent } from '../stack/cli-event.js';
import { countsOf, DiffCollector } from './dataset-diff.js';
import { DatasetLog } from './dataset-log.js';
import type { PlacedExample } from './dataset-log.js';
import { chosenDatasets } from './export-examples.js';

const now = '2026-01-01T00:00:00.000Z';
const target = { model: 'assistant', workload: 'default' };
const example = (exampleId: string, input: string, output: string, category?: string): Example => ({
  exampleId, input, output, ...(category !== undefined && { category }), source: 'user_correction', split: 'train', confidence: 1, lineage: { interactionIds: [] },
});
const added = (datasetId: string, ...examples: Example[]): EventEnvelope => cliEvent(examplesAdded, { datasetId, ...target, examples, addedAt: now });
const closed = (datasetId: string, purpose: 'training' | 'general_suite' = 'training', of = target): EventEnvelope =>
  cliEvent(datasetVersioned, { datasetId, ...of, purpose, trainCount: 1, testCount: 1, contentHash: 'h', opportunityIds: [], failuresAnalyzed: 1, rejected: [], highPriority: false, versionedAt: now });
const erased = (...exampleIds: string[]): EventEnvelope =>
  cliEvent(erasureCompleted, { erasureId: 'x', ...target, service: 'data-generator', userHash: 'u', removed: {}, exampleIds, interactionIds: ['i9'], datasetIds: ['d1'], versions: [], completedAt: now });

const events: EventEnvelope[] = [
  added('d1', example('a', 'my plan', 'Plan.'), example('b', 'my bill', 'Bill.', 'billing')), closed('d1'),
  added('suite', example('s', 'suite', 'Yes.')), closed('suite', 'general_suite'),
  added('d2', example('c', 'My  PLAN', 'Settings.'), example('d', 'my phone', 'Phone.')), closed('d2'),
  erased('b'),
  added('d3', example('e', 'my name', 'Name.')), closed('d3'),
  erased('e', 'a'),
  added('d4', example('a', 'my plan', 'Plan.')), closed('d4'),
  closed('other', 'training', { model: 'another', workload: 'default' }),
  added('open', example('o', 'open', 'Open.')),
];
const placed: PlacedExample[] = events.flatMap(({ type, data }, offset) =>
  type === examplesAdded.type ? (data as ExamplesAdded).examples.map((one) => ({ example: one, datasetId: (data as ExamplesAdded).datasetId, place: { partition: 0, offset: BigInt(offset) } })) : [],
);
const logOf = (given: readonly EventEnvelope[] = events): DatasetLog => {
  const log = new DatasetLog();
  for (const [offset, event] of given.entries()) log.take(event, { partition: 0, offset: BigInt(offset) });
  return log;
};
const present = (log: DatasetLog, chosen: ReadonlySet<string>): string[] =>
  placed.filter(({ datasetId, example: { exampleId }, place }) => chosen.has(datasetId) && !log.isWithdrawn(exampleId, place)).map(({ example: { exampleId }, datasetId }) => `${datasetId}/${exampleId}`);

describe('what is exported', () => {
  const log = logOf();
  it.each([
    ['all training datasets, without what was withdrawn', { split: 'all' }, ['d2/c', 'd2/d', 'd4/a']],
    ['one dataset alone', { split: 'all', dataset: 'd2' }, ['d2/c', 'd2/d']],
    ['a suite by its id', { split: 'all', dataset: 'suite' }, ['suite/s']],
    ['a version: all up to its dataset, also without what was withdrawn later', { split: 'all', until: 'd2' }, ['d2/c', 'd2/d']],
    ['what was issued again after it was withdrawn', { split: 'all', dataset: 'd4' }, ['d4/a']],
  ] as const)('is %s', (_, selection, expected) => {
    expect(present(log, chosenDatasets(log, selection))).toEqual(expected);
  });

  it.each([
    ['a dataset that does not exist', { dataset: 'none' }, /there is no dataset none/],
    ['one that is not complete', { dataset: 'open' }, /not complete yet/],
    ['a suite as a version', { until: 'suite' }, /no version of training data/],
    ['both kinds of choice', { until: 'd1', dataset: 'd1' }, /give one of them/],
  ])('is refused for %s', (_, selection, message) => {
    expect(() => chosenDatasets(log, { split: 'train', ...selection })).toThrow(message);
  });

  it('counts a part that came twice once', () => {
    const part = added('d1', example('a', 'my plan', 'Plan.'));
    expect(logOf([part, part, closed('d1')]).datasets.get('d1')?.rows).toBe(1);
  });

  it('does not take other targets into a version', () => {
    expect(log.versionUpTo('other')).toEqual(['other']);
  });
});

describe('a difference', () => {
  const log = logOf();
  const diffOf = (earlierId: string, laterId: string) => {
    const earlier = new Set(log.versionUpTo(earlierId));
    const later = new Set(log.versionUpTo(laterId).filter((id) => !earlier.has(id)));
    const collector = new DiffCollector(log, { earlier, earlierId, laterId });
    for (const one of placed) if (later.has(one.datasetId)) collector.takeLater(one);
    for (const one of placed) if (earlier.has(one.datasetId)) collector.takeEarlier(one);
    return collector.diff;
  };
  const ids = (examples: readonly { exampleId: string }[]): string[] => examples.map(({ exampleId }) => exampleId);

  it('has what was added, and what was withdrawn in between, each as it was at its version', () => {
    const { added: plus, removed } = diffOf('d1', 'd3');
    expect(ids(plus)).toEqual(['c', 'd', 'e']);
    expect(ids(removed)).toEqual(['b']);
    expect(countsOf(removed)).toEqual({ source: { user_correction: 1 }, split: { train: 1 }, category: { billing: 1 } });
  });

  it('shows no text of what has been withdrawn', () => {
    const { added: plus, removed } = diffOf('d1', 'd3');
    expect(removed[0]).not.toHaveProperty('input');
    expect(plus.find(({ exampleId }) => exampleId === 'e')).not.toHaveProperty('output');
    expect(plus.find(({ exampleId }) => exampleId === 'd')).toMatchObject({ input: 'my phone', output: 'Phone.' });
  });

  it('names requests with another answer, as long as both are there', () => {
    expect(diffOf('d1', 'd3').changed).toEqual([]);
    const before = logOf(events.slice(0, 6));
    const collector = new DiffCollector(before, { earlier: new Set(['d1']), earlierId: 'd1', laterId: 'd2' });
    for (const one of placed) if (one.datasetId === 'd2') collector.takeLater(one);
    for (const one of placed) if (one.datasetId === 'd1') collector.takeEarlier(one);
    expect(collector.diff.changed).toEqual([{ input: 'My  PLAN', before: 'Plan.', after: 'Settings.', beforeId: 'a', afterId: 'c' }]);
  });

  it('leaves out what was withdrawn before either version', () => {
    expect(ids(diffOf('d3', 'd4').removed)).toEqual(['a', 'e']);
    expect(ids(diffOf('d3', 'd4').added)).toEqual(['a']);
  });
});
