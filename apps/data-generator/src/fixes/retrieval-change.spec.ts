import { describe, expect, it } from '@jest/globals';
import { buildRetrievalChange, GROUNDED_HEADING, MIN_SCORE_MAX, TOP_K_MAX } from './retrieval-change.js';
import { answer, failure, material } from './spec-support/material.js';
import type { BuiltFix, FixMaterial } from './fix-material.js';

const knowledge = [{ entryId: 'a', title: 'Fee', text: 'It is 3 EUR.' }];
const withKnowledge = { provider: { name: 'p', model: 'x' }, knowledge, retrieval: { topK: 3, minScore: 0.2 } };
const recipe = { kind: 'retrieval_change', topKBy: 2, minScoreBy: -0.1, groundedOnly: true } as const;
const build = (change: Partial<FixMaterial>, differs: Partial<typeof recipe | { topKBy: number; minScoreBy: number; groundedOnly: boolean }> = {}): BuiltFix =>
  buildRetrievalChange(material({ bundle: withKnowledge, failures: ['1', '2'].map((id) => failure(id)), ...change }), { ...recipe, ...differs });

describe('buildRetrievalChange', () => {
  it('moves the settings, and says that nothing may be made up', () => {
    expect(build({})).toMatchObject({ ok: true, patch: { retrieval: { topK: 5, minScore: 0.1 }, systemPrompt: expect.stringMatching(/^## What may be said\nSay nothing that the facts/u) } });
  });

  it('stays within bounds', () => {
    expect(build({}, { topKBy: 10, minScoreBy: 0.5 })).toMatchObject({ patch: { retrieval: { topK: 13, minScore: 0.7 } } });
    const far = { ...withKnowledge, retrieval: { topK: 19, minScore: 0.85 } };
    expect(build({ bundle: far }, { topKBy: 10, minScoreBy: 0.5 })).toMatchObject({ patch: { retrieval: { topK: TOP_K_MAX, minScore: MIN_SCORE_MAX } } });
    expect(build({}, { topKBy: -10, minScoreBy: -0.5 })).toMatchObject({ patch: { retrieval: { topK: 1, minScore: 0 } } });
  });

  it('tests by what people said is right, and elsewhere by whether it is grounded', () => {
    const fix = build({ accepted: [answer('1')] });
    expect(fix.ok && fix.tests.map(({ input, check }) => [input, check?.kind])).toEqual([['What is the late fee for plan 1?', 'mentions'], ['What is the late fee for plan 2?', 'grounded']]);
  });

  it('asks a version without knowledge to make nothing up, and moves nothing there', () => {
    const bundle = { provider: { name: 'p', model: 'x' } };
    const fix = build({ bundle });
    expect(fix).toMatchObject({ ok: true, patch: { systemPrompt: expect.stringContaining(GROUNDED_HEADING) } });
    expect(fix.ok && fix.patch.retrieval).toBeUndefined();
    expect(build({ bundle }, { groundedOnly: false })).toMatchObject({ ok: false, reason: 'no_material' });
  });
});
