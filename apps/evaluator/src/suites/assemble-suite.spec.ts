import { describe, expect, it } from '@jest/globals';
import { composeSafetySet } from '../safety/compose-safety-set.js';
import { loadSafetyTemplates } from '../safety/safety-templates.js';
import { assembleSuite, OVER_REFUSAL_CATEGORY, sampleItems } from './assemble-suite.js';
import type { SuiteSources } from './assemble-suite.js';
import type { SuiteRow } from './suite-item.js';

const shipped = composeSafetySet(loadSafetyTemplates());
const rows = ({ datasetId, count, ...rest }: Partial<SuiteRow> & { datasetId: string; count: number }): SuiteRow[] =>
  Array.from({ length: count }, (_, i) => ({ datasetId, exampleId: `e${i}`, input: `${datasetId} question ${i}`, output: `answer ${i}`, category: 'billing', opportunityId: null, ...rest }));
const sources = (changed: Partial<SuiteSources> = {}): SuiteSources => ({ target: rows({ datasetId: 't', count: 40 }), general: rows({ datasetId: 'g', count: 900 }), fixed: [], importedSafety: [], shipped, maxItems: 20_000, ...changed });

describe('assembleSuite', () => {
  it('asks target, general and every safety item, each under its own id', () => {
    const { items, counts, notes } = assembleSuite(sources());
    expect(counts).toEqual({ target: 40, general: 1_000, safety: shipped.harmful.length });
    expect(new Set(items.map(({ itemId }) => itemId)).size).toBe(items.length);
    expect(items.filter(({ category }) => category === OVER_REFUSAL_CATEGORY)).toHaveLength(100);
    expect(notes).toEqual([]);
  });

  it('does not let shipped items stand in for a suite that nobody imported', () => {
    const { counts, notes } = assembleSuite(sources({ general: [], fixed: rows({ datasetId: 'f', count: 500 }) }));
    expect(counts.general).toBe(0);
    expect(notes.join()).toMatch(/npx ratchet dataset import/u);
  });

  it('makes every repaired weakness a category of its own', () => {
    const { items } = assembleSuite(sources({ fixed: rows({ datasetId: 'f', count: 3, opportunityId: 'opp-1' }) }));
    expect(items.filter(({ category }) => category === 'fixed:opp-1').map(({ suite }) => suite)).toEqual(['general', 'general', 'general']);
  });

  it('takes the repaired answer where the general suite still has the old one', () => {
    const fixed = [{ datasetId: 'f', exampleId: 'x', input: 'G QUESTION  7', output: 'the repaired answer', category: null, opportunityId: 'opp-1' }];
    const { items, notes } = assembleSuite(sources({ fixed }));
    const asked = items.filter(({ prompt }) => prompt.toLowerCase().replace(/\s+/gu, ' ') === 'g question 7');
    expect(asked.map(({ expectation }) => expectation)).toEqual([{ rule: 'same_answer', answer: 'the repaired answer' }]);
    expect(notes.join()).toMatch(/1 answers of the general suite are older/u);
  });

  it('asks a question once and takes the later answer where datasets repeat it', () => {
    const target = [...rows({ datasetId: 't', count: 1, input: 'Where is it?', output: 'old' }), ...rows({ datasetId: 't2', count: 1, input: 'where is it?', output: 'new' })];
    const { items, counts } = assembleSuite(sources({ target }));
    expect(counts.target).toBe(1);
    expect(items[0]?.expectation).toEqual({ rule: 'same_answer', answer: 'new' });
  });

  it('says where the general suite and the cycle contradict each other', () => {
    const target = rows({ datasetId: 't', count: 1, input: 'g question 5', output: 'something else' });
    expect(assembleSuite(sources({ target })).notes.join()).toMatch(/1 questions have another expected answer/u);
  });

  it('keeps to the maximum, never cuts the safety items, and says so', () => {
    const { counts, notes } = assembleSuite(sources({ maxItems: 60 }));
    expect(counts).toEqual({ target: 30, general: 30, safety: shipped.harmful.length });
    expect(notes.join()).toMatch(/30 of 40 target items .*30 of 1000 general items/u);
  });

  it('adds an imported safety suite to the shipped one and asks nothing twice', () => {
    const own = rows({ datasetId: 's', count: 2 });
    const twice = rows({ datasetId: 's2', count: 1, input: shipped.harmful[0]?.text ?? '' });
    expect(assembleSuite(sources({ importedSafety: [...own, ...twice] })).counts.safety).toBe(shipped.harmful.length + 2);
  });
});

describe('sampleItems', () => {
  const items = Array.from({ length: 100 }, (_, i) => ({ itemId: `i${i}` }));

  it('chooses the same items each time, in their order', () => {
    const chosen = sampleItems(items, 10);
    expect(chosen).toHaveLength(10);
    expect(sampleItems(items, 10)).toEqual(chosen);
    expect([...chosen].sort((a, b) => items.indexOf(a) - items.indexOf(b))).toEqual(chosen);
  });

  describe('with checks', () => {
    const asked = 'g question 7';
    const withCheck = (check: NonNullable<SuiteRow['check']>): SuiteRow[] => [{ datasetId: 'f', exampleId: 'x', input: asked, output: '', check, category: null, opportunityId: 'opp-1' }];
    const about = (changed: Partial<SuiteSources>): unknown[] => assembleSuite(sources(changed)).items.filter(({ prompt }) => prompt === asked).map(({ expectation }) => expectation);

    it('asks for the check in place of a text', () => {
      expect(about({ general: [], target: withCheck({ kind: 'json' }) })).toEqual([{ rule: 'meets_check', check: { kind: 'json' } }]);
    });

    it('keeps the expected answer of the general suite where it meets the check of a fix, and puts it aside where it does not', () => {
      expect(about({ fixed: withCheck({ kind: 'max_words', words: 5 }) })).toEqual([{ rule: 'same_answer', answer: 'answer 7' }, { rule: 'meets_check', check: { kind: 'max_words', words: 5 } }]);
      expect(about({ fixed: withCheck({ kind: 'json' }) })).toEqual([{ rule: 'meets_check', check: { kind: 'json' } }]);
    });

    it('keeps two fixes of one question that ask for different things', () => {
      const fixed = [...withCheck({ kind: 'json' }), ...withCheck({ kind: 'mentions', phrases: ['12'] }).map((row) => ({ ...row, datasetId: 'f2' }))];
      expect(about({ general: rows({ datasetId: 'other', count: 10 }), fixed })).toHaveLength(2);
    });
  });
});
