import { describe, expect, it } from '@jest/globals';
import { broken, firstDifference } from './outcome.js';

describe('firstDifference', () => {
  it('says where two outcomes part', () => {
    expect(firstDifference({ rows: [{ a: 1 }, { a: 2 }] }, { rows: [{ a: 1 }, { a: 3 }] })).toBe('rows.1.a: 3 in place of 2');
    expect(firstDifference({ rows: [1] }, { rows: [1, 2] })).toBe('rows.1: 2 in place of undefined');
  });

  it('is silent where they are the same', () => expect(firstDifference({ rows: [{ a: null }] }, { rows: [{ a: null }] })).toBeUndefined());
});

describe('broken', () => {
  const row = (revision: number, share: number) => ({ revision, body: { revision, champion: 'v1', share, changedAt: 'now' } });

  it('wants each revision to change something', () => {
    expect(broken({ routing: [row(1, 0), row(2, 0.1), row(3, 0)] })).toEqual([]);
    expect(broken({ routing: [row(1, 0), row(2, 0.1), row(3, 0.1)] })).toEqual(['revisions 3 change nothing']);
  });

  it('wants no gap', () => expect(broken({ routing: [row(1, 0), row(3, 0.1)] })).toHaveLength(1));
});
