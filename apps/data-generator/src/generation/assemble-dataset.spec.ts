import { describe, expect, it } from '@jest/globals';
import { exampleSchema } from '@ratchet/domain';
import { assembleDataset, chunkExamples, type Assembly, type AssemblyInput } from './assemble-dataset.js';
import { exampleIdOf, type Candidate } from './candidate.js';

const target = { model: 'assistant', workload: 'default' };
const candidate = (input: string, output: string, parts: Partial<Candidate> = {}): Candidate => ({
  input, output, source: 'user_correction', confidence: 0.8, opportunityId: 'o1', interactionIds: [`of ${input}`], agreeingUsers: 3, state: 'accepted', reason: '3 users agree', ...parts,
});
const assemble = (candidates: Candidate[], parts: Partial<AssemblyInput> = {}): Assembly =>
  assembleDataset({ target, candidates, decisions: new Map(), issued: new Map(), failedAnswers: new Map(), limits: { inputCharsMax: 2_000, outputCharsMax: 4_000 }, ...parts });
const many = Array.from({ length: 25 }, (_, i) => candidate(`end plan number ${i}`, 'Open Plan.'));

describe('assembleDataset', () => {
  it('makes valid examples with lineage, difficulty and both splits', () => {
    const { examples } = assemble(many);
    for (const example of examples) exampleSchema.parse(example);
    expect(examples).toHaveLength(25);
    expect(examples.filter(({ split }) => split === 'test')).toHaveLength(5);
    expect(examples[0]?.lineage).toMatchObject({ opportunityId: 'o1', agreeingUsers: 3, acceptedBy: '3 users agree' });
    expect(examples.every(({ difficulty }) => difficulty !== undefined)).toBe(true);
  });

  it('derives dataset and examples from the content, whatever the order', () => {
    const [one, two] = [assemble(many), assemble([...many].reverse())];
    expect(two.datasetId).toBe(one.datasetId);
    expect(two.examples.map(({ exampleId }) => exampleId)).toEqual(one.examples.map(({ exampleId }) => exampleId));
    expect(assemble(many.slice(1)).datasetId).not.toBe(one.datasetId);
  });

  it('issues only what was not issued before, and nothing that contradicts it', () => {
    const issued = new Map([['end plan number 0', new Set(['open plan.'])], ['end plan number 1', new Set(['another answer.'])]]);
    const { examples, rejected } = assemble(many, { issued });
    expect(examples).toHaveLength(23);
    expect(rejected).toEqual([{ reason: 'already_issued', count: 1 }, { reason: 'contradicts_issued', count: 1 }]);
  });

  it('keeps what waits apart, once, and lets reviewers decide', () => {
    const waits = candidate('end it all', 'Perhaps this.', { state: 'waiting', reason: 'too few users agree' });
    expect(assemble([waits, waits]).waiting).toHaveLength(1);
    const exampleId = exampleIdOf(target, waits);
    const accepted = assemble([waits], { decisions: new Map([[exampleId, 'accepted']]) });
    expect(accepted.examples[0]).toMatchObject({ exampleId, source: 'reviewer', confidence: 1 });
    const rejected = assemble([waits], { decisions: new Map([[exampleId, 'rejected']]) });
    expect([rejected.examples.length, rejected.waiting.length]).toEqual([0, 0]);
    expect(rejected.rejected).toEqual([{ reason: 'rejected_by_reviewer', count: 1 }]);
  });

  it('counts what the filters leave out', () => {
    const { examples, rejected } = assemble([candidate('mail jo@example.org', 'A.'), candidate('?', 'A.'), candidate('fine', 'See Billing.')], { failedAnswers: new Map([['fine', ['see billing.']]]) });
    expect(examples).toEqual([]);
    expect(rejected).toEqual([{ reason: 'input_empty_or_too_short', count: 1 }, { reason: 'personal_data', count: 1 }, { reason: 'same_as_failed_answer', count: 1 }]);
  });

  it('has nothing to say of no candidates', () => {
    expect(assemble([])).toMatchObject({ examples: [], waiting: [], rejected: [] });
  });
});

describe('chunkExamples', () => {
  it('bounds the rows and the size of one event', () => {
    const { examples } = assemble(Array.from({ length: 401 }, (_, i) => candidate(`request ${i}`, 'A.')));
    expect(chunkExamples(examples).map(({ length }) => length)).toEqual([200, 200, 1]);
    const large = assemble(Array.from({ length: 200 }, (_, i) => candidate(`request ${i}`, `${i} ${'x'.repeat(3_900)}`))).examples;
    const chunks = chunkExamples(large);
    expect(chunks.length).toBeGreaterThan(1);
    expect(Math.max(...chunks.map((chunk) => JSON.stringify(chunk).length))).toBeLessThan(400_000);
    expect(chunks.flat()).toEqual(large);
  });
});
