import { describe, expect, it } from '@jest/globals';
import { privacySchema } from './privacy-policy.js';

describe('privacySchema', () => {
  it.each([
    ['an expression that cannot be run in linear time', { patterns: [{ name: 'twice', pattern: '(a)\\1' }] }],
    ['a broken expression', { patterns: [{ name: 'broken', pattern: '(' }] }],
    ['a name that is no word', { patterns: [{ name: 'No Word', pattern: 'a' }] }],
    ['an unknown kind', { redact: ['names'] }],
    ['an unknown country', { phoneCountry: 'XX' }],
    ['a share above 1', { recordShare: 2 }],
  ])('refuses %s', (_what, config) => {
    expect(privacySchema.safeParse(config).success).toBe(false);
  });
});
