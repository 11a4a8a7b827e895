import { describe, expect, it } from '@jest/globals';
import type { KnownDataset } from './dataset-log.js';
import { changesOf, latestSuite, printChanges } from './suite-changes.js';
import { contentHashOf, suiteEvents } from './suite-events.js';
import type { SuitePurpose, SuiteRow } from './suite-events.js';

const target = { model: 'assistant', workload: 'default' };
const row = (id: string, rest: Partial<SuiteRow> = {}): SuiteRow => ({ id, input: `question ${id}`, output: 'yes', ...rest });
const known = (purpose: SuitePurpose, rows: readonly SuiteRow[], at: string, offset: bigint): KnownDataset => {
  const versioned = suiteEvents(target, purpose, rows, at).at(-1)?.data as NonNullable<KnownDataset['closed']>['versioned'];
  return { datasetId: versioned.datasetId, ...target, rows: rows.length, closed: { versioned, place: { partition: 0, offset } } };
};

describe('changes of a suite', () => {
  it('has one version for the same items in any order, and another for any change of one', () => {
    const rows = [row('a', { check: { kind: 'list', itemsMin: 2, ordered: true } }), row('b')];
    expect(contentHashOf(rows.toReversed())).toBe(contentHashOf(rows));
    expect(contentHashOf([row('a', { check: { ordered: true, itemsMin: 2, kind: 'list' } }), row('b')])).toBe(contentHashOf(rows));
    const changes: Partial<SuiteRow>[] = [{ output: 'no' }, { input: 'another question' }, { category: 'c' }, { scorer: { kind: 'exact' } }, { check: { kind: 'json' } }];
    const hashes = new Set(changes.map((change) => contentHashOf([rows[0] as SuiteRow, row('b', change)])));
    expect(hashes.size).toBe(changes.length);
    expect(hashes.has(contentHashOf(rows))).toBe(false);
  });

  it('counts what was added, removed and changed', () => {
    const before = [row('a'), row('b'), row('c')];
    expect(changesOf(before, before)).toEqual({ added: 0, removed: 0, changed: 0 });
    expect(printChanges(before, [row('a'), row('b', { scorer: { kind: 'exact' } }), row('d'), row('e')])).toBe('2 added, 1 removed, 1 changed');
  });

  it('takes the latest suite of the target and purpose', () => {
    const datasets = [known('general_suite', [row('b')], '2026-01-02T00:00:00.000Z', 1n), known('general_suite', [row('a')], '2026-01-01T00:00:00.000Z', 0n), known('safety_suite', [row('c')], '2026-01-03T00:00:00.000Z', 2n)];
    expect(latestSuite(datasets, target, 'general_suite')).toBe(datasets[0]);
    expect(latestSuite(datasets, { ...target, workload: 'other' }, 'general_suite')).toBeUndefined();
  });
});
