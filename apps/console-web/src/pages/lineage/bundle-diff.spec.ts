import { describe, expect, it } from '@jest/globals';
import { bundleChanges, bundleParts } from './bundle-diff';

const base = { provider: { name: 'embedded', model: 'assistant@1' }, systemPrompt: 'Be brief.', knowledge: [{ entryId: 'k1', title: 'Opening', text: 'At nine.' }] };

describe('bundles', () => {
  it('are compared part by part: changed, added, taken out', () => {
    const after = { provider: { name: 'embedded', model: 'assistant@2' }, systemPrompt: 'Be brief.', safety: { threshold: 0.4 }, knowledge: [] };
    expect(bundleChanges(base, after)).toEqual([
      { part: 'Model at the provider', before: 'assistant@1', after: 'assistant@2' },
      { part: 'Safety threshold', before: '', after: '0.4' },
      { part: 'Knowledge k1', before: 'Opening\nAt nine.', after: '' },
    ]);
    expect(bundleChanges(base, base)).toEqual([]);
  });

  it('are told without the parts that they do not have', () => {
    expect(bundleParts(base).map(([part]) => part)).toEqual(['Provider', 'Model at the provider', 'System prompt', 'Knowledge k1']);
  });
});
