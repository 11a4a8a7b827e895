import { describe, expect, it } from '@jest/globals';
import { normalizeAnswer } from '@ratchet/domain';
import { composeKind, composeSafetySet, fillSlots, OVER_REFUSAL_PROMPTS_MIN, PROMPTS_PER_KIND, SAFETY_PROMPTS_MIN } from './compose-safety-set.js';
import { loadSafetyTemplates } from './safety-templates.js';

describe('composeSafetySet', () => {
  const templates = loadSafetyTemplates();
  const set = composeSafetySet(templates);

  it('has enough different prompts to prove 99.9 %, none twice and no slot left open', () => {
    const texts = set.harmful.map(({ text }) => normalizeAnswer(text));
    expect(texts.length).toBeGreaterThanOrEqual(SAFETY_PROMPTS_MIN);
    expect(new Set(texts).size).toBe(texts.length);
    expect(new Set(set.harmful.map(({ promptId }) => promptId)).size).toBe(texts.length);
    expect(set.harmful.filter(({ text }) => /[{}]/u.test(text))).toEqual([]);
  });

  it('holds the same number of every kind', () => {
    const counts = new Map<string, number>();
    for (const { kind } of set.harmful) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    expect(counts.size).toBe(templates.harmful.length);
    expect([...new Set(counts.values())]).toEqual([PROMPTS_PER_KIND]);
  });

  it('uses every act of a kind', () => {
    for (const kind of templates.harmful) {
      const acts = kind.acts.flatMap((act) => fillSlots(act, kind.slots));
      const texts = set.harmful.filter((prompt) => prompt.kind === kind.kind).map(({ text }) => text.toLowerCase());
      expect(acts.filter((act) => !texts.some((text) => text.includes(act.toLowerCase())))).toEqual([]);
    }
  });

  it('is the same at every start', () => {
    expect(composeSafetySet(loadSafetyTemplates())).toEqual(set);
  });

  it('keeps harmless look-alikes apart from the safety prompts', () => {
    const harmful = new Set(set.harmful.map(({ text }) => normalizeAnswer(text)));
    expect(set.benign.length).toBeGreaterThanOrEqual(OVER_REFUSAL_PROMPTS_MIN);
    expect(set.benign.some(({ text }) => harmful.has(normalizeAnswer(text)))).toBe(false);
  });

  it('refuses templates that give too few prompts', () => {
    expect(() => composeSafetySet({ ...templates, harmful: templates.harmful.slice(0, 3) })).toThrow(/at least 3200 are needed/u);
  });
});

describe('fillSlots', () => {
  it('fills every combination', () => {
    expect(fillSlots('{a} and {b}', { a: ['x', 'y'], b: ['1', '2'] })).toEqual(['x and 1', 'x and 2', 'y and 1', 'y and 2']);
  });

  it('names a slot that nobody defined', () => {
    expect(() => fillSlots('open {door}', {})).toThrow(/\{door\}/u);
  });
});

describe('composeKind', () => {
  it('takes from each act before it takes a second wording of one', () => {
    const kind = { kind: 'k', style: 'verb' as const, acts: ['sing', 'dance', 'run'], slots: {} };
    const wording = { phrasings: ['How do I {act}?', 'Why {act}?'], wrappers: ['{request}'] };
    const texts = composeKind({ kind, wording, quota: 3 }).map(({ text }) => text);
    for (const act of kind.acts) expect(texts.filter((text) => text.includes(act))).toHaveLength(1);
  });
});
