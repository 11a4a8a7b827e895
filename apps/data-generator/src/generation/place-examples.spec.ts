import { describe, expect, it } from '@jest/globals';
import type { IssuedText } from '../filters/leakage.js';
import type { Candidate } from './candidate.js';
import { placeExamples, type Placeable } from './place-examples.js';

const row = (input: string, parts: Partial<Candidate> = {}): Placeable => ({
  exampleId: `id ${input}`,
  candidate: { input, output: 'Open Plan.', source: 'user_correction', confidence: 0.9, opportunityId: 'o', interactionIds: [], state: 'accepted', reason: 'r', ...parts },
});
const place = (rows: Placeable[], issuedTexts: IssuedText[] = []) => placeExamples({ rows, issuedTexts });
const many = Array.from({ length: 25 }, (_, i) => row(`end the plan that has the number ${i}`));

describe('placeExamples', () => {
  it('takes a fifth of what people said for tests, and keeps their other requests', () => {
    const { rows, dropped } = place(many);
    expect(rows.filter(({ split }) => split === 'test')).toHaveLength(5);
    expect([rows.length, dropped.length]).toEqual([25, 0]);
  });

  it('tests on nothing that was trained on before', () => {
    const issued = many.map(({ candidate }): IssuedText => ({ input: candidate.input.toUpperCase(), split: 'train', generated: false }));
    expect(place(many, issued).rows.every(({ split }) => split === 'train')).toBe(true);
  });

  it('trains on nothing that tests, in this dataset or one before', () => {
    const derived = many.map(({ candidate }) => row(`${candidate.input} please`, { source: 'variation' }));
    const { rows, dropped } = place([...many, ...derived]);
    const tested = rows.filter(({ split }) => split === 'test').map(({ candidate }) => candidate.input);
    expect(tested.length).toBeGreaterThan(0);
    for (const { candidate } of rows) if (candidate.source === 'variation') expect(tested.includes(candidate.input.replace(' please', ''))).toBe(false);
    expect(dropped.filter((reason) => reason === 'leaks_test_item').length).toBeGreaterThanOrEqual(tested.length);
    expect(place([row('END the plan, now!')], [{ input: 'end the plan now', split: 'test', generated: false }])).toMatchObject({ rows: [], dropped: ['leaks_test_item'] });
  });

  it('leaves an evaluation item out that comes near to what people said, and keeps the rest as tests', () => {
    const evaluation = { source: 'curriculum', split: 'test' } as const;
    const { rows, dropped } = place([row('please end the plan that I have'), row('please end the plan that we have', evaluation), row('no more of this contract, thank you', evaluation)]);
    expect(rows.map(({ candidate, split }) => [candidate.input, split])).toEqual([['no more of this contract, thank you', 'test'], ['please end the plan that I have', 'train']]);
    expect(dropped).toEqual(['evaluation_seen_in_training']);
  });
});
