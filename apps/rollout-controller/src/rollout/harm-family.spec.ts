import { describe, expect, it } from '@jest/globals';
import { type FamilyMember, holmFamily } from './harm-family.js';

interface Row {
  readonly name: string;
  readonly alpha: number;
  readonly verdict: 'harm' | 'open';
}

/** A test that rejects at every level from its p-value on. */
const member = (name: string, weight: number, p: number): FamilyMember<Row> => ({ weight, look: (alpha) => [{ name, alpha, verdict: p <= alpha ? 'harm' : 'open' }] });

const harmed = (members: readonly FamilyMember<Row>[], alpha = 0.05): readonly string[] => holmFamily(members, alpha).filter(({ verdict }) => verdict === 'harm').map(({ name }) => name);

describe('holmFamily', () => {
  it('tests each at its part of alpha', () => {
    const rows = holmFamily([member('a', 0.8, 1), member('b', 0.2, 1)], 0.05);
    expect(rows.map(({ alpha }) => alpha.toFixed(6))).toEqual(['0.040000', '0.010000']);
  });

  it.each([
    ['nothing where none reaches its part', [0.041, 0.011], []],
    ['what reaches its part', [0.041, 0.01], ['a', 'b']],
    ['only one where the other fails even at the whole', [0.051, 0.01], ['b']],
    ['one that alone reaches the whole only after the other', [0.04, 0.05], ['a', 'b']],
  ])('finds %s', (_, [a, b], found) => {
    expect(harmed([member('a', 0.8, a!), member('b', 0.2, b!)])).toEqual(found);
  });

  it('steps down as Holm does where the weights are equal', () => {
    // Of Holm's levels alpha/4, alpha/3, alpha/2 the third is missed, so the last is not looked at any more.
    const p = { a: 0.012, b: 0.016, c: 0.03, d: 0.04 };
    expect(harmed(Object.entries(p).map(([name, value]) => member(name, 1, value)))).toEqual(['a', 'b']);
  });

  it('has no rows without members', () => {
    expect(holmFamily([], 0.05)).toEqual([]);
  });
});
