import { describe, expect, it } from '@jest/globals';
import { checkStructured, toStructured } from '@ratchet/contracts';
import type { Example, ExamplesAdded } from '@ratchet/domain';
import { partsOf, suiteEvents } from './suite-events.js';
import type { SuiteRow } from './suite-events.js';

const target = { model: 'assistant', workload: 'default' };
const now = '2026-01-01T00:00:00.000Z';
const rows = (n: number): SuiteRow[] => Array.from({ length: n }, (_, i) => ({ id: `i${i}`, input: `question ${i}`, output: 'answer', category: 'c' }));

describe('suiteEvents', () => {
  it('makes events that the catalogue accepts: parts of at most 200 examples, then the dataset that closes them', () => {
    const events = suiteEvents(target, 'general_suite', rows(450), now);
    expect(events.map((event) => checkStructured(toStructured(event)).ok)).toEqual([true, true, true, true]);
    expect(events.slice(0, 3).map(({ data }) => (data as ExamplesAdded).examples.length)).toEqual([200, 200, 50]);
    expect(events.at(-1)).toMatchObject({ type: 'ratchet.dataset.versioned', data: { purpose: 'general_suite', testCount: 450, trainCount: 0 } });
    expect(new Set(events.map(({ data }) => (data as { datasetId: string }).datasetId)).size).toBe(1);
  });

  it('gives the same suite of two targets, and of two imports, different datasets', () => {
    const idOf = (...request: Parameters<typeof suiteEvents>): string => (suiteEvents(...request)[0]?.data as { datasetId: string }).datasetId;
    const first = idOf(target, 'general_suite', rows(3), now);
    expect(idOf(target, 'general_suite', rows(3), now)).toBe(first);
    expect(idOf({ ...target, model: 'other' }, 'general_suite', rows(3), now)).not.toBe(first);
    expect(idOf(target, 'general_suite', rows(3), '2026-01-02T00:00:00.000Z')).not.toBe(first);
  });
});

describe('partsOf', () => {
  const example = (chars: number): Example => ({ exampleId: 'x', input: 'i'.repeat(chars), output: '', source: 'import', split: 'test', confidence: 1, lineage: { interactionIds: [] } });

  it('counts checks and scorers, too', () => {
    const withSchema: Example = { ...example(10), scorer: { kind: 'json_schema', schema: { description: 'x'.repeat(60) } } };
    expect(partsOf([withSchema, withSchema], { charsMax: 150 }).map((part) => part.length)).toEqual([1, 1]);
  });

  it('begins a new part before an event grows too large', () => {
    expect(partsOf([example(60), example(40), example(1), example(200)], { charsMax: 100 }).map((part) => part.length)).toEqual([2, 1, 1]);
  });
});
