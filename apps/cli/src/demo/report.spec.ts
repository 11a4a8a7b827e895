import { describe, expect, it } from '@jest/globals';
import type { UnseenAccuracy } from './judge-unseen.js';
import { domainsBelow } from './report.js';

const ids = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `item-${from + i}`);

/** The items that each domain got right, of so many. */
const accuracyOf = (domains: Readonly<Record<string, { right: readonly string[]; n: number }>>): UnseenAccuracy => {
  const byDomain = Object.fromEntries(Object.entries(domains).map(([name, { right, n }]) => [name, { right: right.length, n }]));
  return { overall: { right: 0, n: 0 }, byDomain, rightItems: Object.fromEntries(Object.entries(domains).map(([name, { right }]) => [name, right])) };
};

describe('domains below 98 % of before', () => {
  it('are those that lost clearly more, item by item', () => {
    const before = accuracyOf({ billing: { right: ids(0, 120), n: 160 }, orders: { right: ids(0, 120), n: 160 } });
    const after = accuracyOf({ billing: { right: ids(0, 90), n: 160 }, orders: { right: ids(0, 130), n: 160 } });
    expect(domainsBelow(before, after)).toEqual(['billing']);
  });

  it('are not those where a few items changed sides', () => {
    const before = accuracyOf({ small: { right: ids(0, 15), n: 20 }, large: { right: ids(0, 80), n: 160 } });
    const after = accuracyOf({ small: { right: ids(1, 15), n: 20 }, large: { right: [...ids(4, 80), ...ids(100, 102)], n: 160 } });
    expect(domainsBelow(before, after)).toEqual([]);
  });

  it('hold one whose items were not asked again', () => {
    const before = accuracyOf({ billing: { right: ids(0, 120), n: 160 } });
    expect(domainsBelow(before, accuracyOf({}))).toEqual(['billing']);
  });
});
