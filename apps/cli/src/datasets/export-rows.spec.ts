import { describe, expect, it } from '@jest/globals';
import { datasetVersioned, examplesAdded } from '@ratchet/domain';
import type { Example } from '@ratchet/domain';
import { cliEvent } from '../stack/cli-event.js';
import { takeDatasetEvent } from './dataset-index.js';
import type { DatasetIndex } from './dataset-index.js';
import { dpoRow, selectExamples, sftRow } from './export-rows.js';

const now = '2026-01-01T00:00:00.000Z';
const target = { model: 'assistant', workload: 'default' };
const example = (exampleId: string, split: Example['split'] = 'train', interactionIds: string[] = []): Example => ({
  exampleId, input: `question ${exampleId}`, output: 'Right.', source: 'user_correction', split, confidence: 1, lineage: { interactionIds },
});
const added = (datasetId: string, examples: Example[]) => cliEvent(examplesAdded, { datasetId, ...target, examples, addedAt: now });
const closed = (datasetId: string, purpose: 'training' | 'general_suite') =>
  cliEvent(datasetVersioned, { datasetId, ...target, purpose, trainCount: 1, testCount: 1, contentHash: 'h', opportunityIds: [], failuresAnalyzed: 1, rejected: [], highPriority: false, versionedAt: now });

const index = (): DatasetIndex => {
  const datasets: DatasetIndex = new Map();
  const events = [
    added('d1', [example('a'), example('b', 'test')]), closed('d1', 'training'),
    added('d2', [example('a'), example('c')]), closed('d2', 'training'),
    added('suite', [example('s', 'test')]), closed('suite', 'general_suite'),
    added('open', [example('o')]),
  ];
  for (const event of events) takeDatasetEvent(datasets, event);
  return datasets;
};
const ids = (...request: Parameters<typeof selectExamples>): string[] => selectExamples(...request).map(({ exampleId }) => exampleId);

describe('selectExamples', () => {
  it('takes all complete training datasets, each example once, and leaves test examples out', () => {
    expect(ids(index(), { split: 'train' })).toEqual(['a', 'c']);
    expect(ids(index(), { split: 'all' })).toEqual(['a', 'b', 'c']);
  });

  it('takes one dataset by its id, of any purpose', () => {
    expect(ids(index(), { dataset: 'suite', split: 'test' })).toEqual(['s']);
  });

  it('refuses a dataset that does not exist or is not complete', () => {
    expect(() => ids(index(), { dataset: 'none', split: 'train' })).toThrow(/there is no dataset none/);
    expect(() => ids(index(), { dataset: 'open', split: 'train' })).toThrow(/not complete yet/);
  });
});

describe('the rows of a fine-tuning file', () => {
  it('are chats for supervised training', () => {
    expect(sftRow(example('a'))).toEqual({ messages: [{ role: 'user', content: 'question a' }, { role: 'assistant', content: 'Right.' }] });
  });

  it('prefer the right answer to the failed one of an interaction that the example comes from', () => {
    const row = dpoRow(example('a', 'train', ['i1', 'i2']), new Map([['i2', 'Wrong.']]));
    expect(row).toEqual({
      input: { messages: [{ role: 'user', content: 'question a' }] },
      preferred_output: [{ role: 'assistant', content: 'Right.' }],
      non_preferred_output: [{ role: 'assistant', content: 'Wrong.' }],
    });
  });

  it.each([
    ['no failed answer is known', new Map<string, string>()],
    ['the failed answer is the right one', new Map([['i1', ' right. ']])],
    ['the model said nothing', new Map([['i1', '']])],
  ])('leave an example out where %s', (_, answers) => {
    expect(dpoRow(example('a', 'train', ['i1']), answers)).toBeUndefined();
  });
});
