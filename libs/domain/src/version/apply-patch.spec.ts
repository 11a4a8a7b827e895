import { describe, expect, it } from '@jest/globals';
import { applyPatch, PATCHED_BUNDLE_LIMITS } from './apply-patch.js';
import type { Bundle } from './version.js';

const bundle: Bundle = {
  provider: { name: 'p', model: 'm' },
  systemPrompt: 'You work for a shop.\n\n## How to answer about parcels\nBe brief.',
  knowledge: [{ entryId: 'a', title: 'Fee', text: 'It is 3 EUR.' }],
  safety: { threshold: 0.6 },
};
const patched = (of: Bundle, patch: Parameters<typeof applyPatch>[1]): Bundle => {
  const outcome = applyPatch(of, patch);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.bundle;
};

describe('applyPatch', () => {
  it('puts a section behind the prompt, and in the place of the one with its heading', () => {
    const first = patched(bundle, { systemPrompt: '## How to answer about fees\nAnswer as a list.' });
    expect(first.systemPrompt).toBe('You work for a shop.\n\n## How to answer about parcels\nBe brief.\n\n## How to answer about fees\nAnswer as a list.');
    const second = patched(first, { systemPrompt: '## How to answer about parcels\nAnswer in two sentences.' });
    expect(second.systemPrompt).toBe('You work for a shop.\n\n## How to answer about parcels\nAnswer in two sentences.\n\n## How to answer about fees\nAnswer as a list.');
  });

  it('gives a prompt to a version without one', () => {
    expect(patched({ provider: bundle.provider }, { systemPrompt: '## Form\nBe brief.' }).systemPrompt).toBe('## Form\nBe brief.');
  });

  it('replaces the entry with the same id and adds the others', () => {
    const entries = [{ entryId: 'b', title: 'Hours', text: 'From 8.' }, { entryId: 'a', title: 'Fee', text: 'It is 5 EUR.' }];
    expect(patched(bundle, { knowledge: entries }).knowledge).toEqual([entries[1], entries[0]]);
  });

  it('raises a threshold and never lowers it', () => {
    expect(patched(bundle, { safetyThreshold: 0.7 }).safety).toEqual({ threshold: 0.7 });
    expect(applyPatch(bundle, { safetyThreshold: 0.5 })).toMatchObject({ ok: false, reason: 'no_change' });
    expect(applyPatch({ provider: bundle.provider }, { safetyThreshold: 0.9 })).toMatchObject({ ok: false, reason: 'no_change' });
  });

  it('changes nothing when it is applied twice', () => {
    const patch = { systemPrompt: '## Form\nBe brief.', knowledge: [{ entryId: 'c', title: 't', text: 'x' }], safetyThreshold: 0.8, retrieval: { topK: 5, minScore: 0.1 } };
    expect(applyPatch(patched(bundle, patch), patch)).toMatchObject({ ok: false, reason: 'no_change' });
  });

  it('leaves the bundle that it was given as it was', () => {
    const before = structuredClone(bundle);
    patched(bundle, { knowledge: [{ entryId: 'a', title: 'Fee', text: 'It is 5 EUR.' }], systemPrompt: '## How to answer about parcels\nx' });
    expect(bundle).toEqual(before);
  });

  it('refuses what would grow beyond the limits', () => {
    expect(applyPatch(bundle, { systemPrompt: `## Long\n${'x'.repeat(PATCHED_BUNDLE_LIMITS.systemPromptChars)}` })).toMatchObject({ ok: false, reason: 'system_prompt_too_long' });
    const many = Array.from({ length: PATCHED_BUNDLE_LIMITS.knowledgeEntries }, (_, i) => ({ entryId: `e${i}`, title: 't', text: 'x' }));
    expect(applyPatch(bundle, { knowledge: many })).toMatchObject({ ok: false, reason: 'too_much_knowledge' });
  });
});
