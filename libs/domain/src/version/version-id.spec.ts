import { describe, expect, it } from '@jest/globals';
import { versionIdOf } from './version-id.js';

describe('versionIdOf', () => {
  const bundle = { provider: { name: 'embedded', model: 'assistant@abc' }, safety: { threshold: 0.5 } };

  it('names equal contents equally, whatever the order of the keys', () => {
    expect(versionIdOf({ ordinal: 1, bundle })).toBe(versionIdOf({ ordinal: 1, bundle: { safety: { threshold: 0.5 }, provider: { model: 'assistant@abc', name: 'embedded' } } }));
  });

  it('names another content differently', () => {
    expect(versionIdOf({ ordinal: 1, bundle })).not.toBe(versionIdOf({ ordinal: 1, bundle: { ...bundle, systemPrompt: 'Be brief.' } }));
    expect(versionIdOf({ ordinal: 12, bundle })).toMatch(/^v12-[0-9a-f]{8}$/);
  });

  it('tells a version that criticises itself from one that does not, and keeps the names of all that say nothing about it', () => {
    expect(versionIdOf({ ordinal: 1, bundle })).toBe('v1-1a980e53');
    expect(versionIdOf({ ordinal: 1, bundle: { ...bundle, selfCritique: undefined } })).toBe(versionIdOf({ ordinal: 1, bundle }));
    expect(versionIdOf({ ordinal: 1, bundle: { ...bundle, selfCritique: {} } })).not.toBe(versionIdOf({ ordinal: 1, bundle }));
  });
});
