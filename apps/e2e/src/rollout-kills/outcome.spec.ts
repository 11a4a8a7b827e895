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
  const outcome = { tallies: [], target: [], published: {}, transitions: [{ rollout: '0', after: { share: 0, status: 'DRAFT' } }, { rollout: '0', after: { share: 0.1, status: 'RUNNING' } }] };

  it('wants one revision for each change of the share, beside the first', () => {
    expect(broken({ ...outcome, routing: [{ revision: 1 }, { revision: 2 }] })).toEqual([]);
    expect(broken({ ...outcome, routing: [{ revision: 1 }, { revision: 2 }, { revision: 3 }] })).toHaveLength(1);
  });

  it('wants no gap', () => expect(broken({ ...outcome, routing: [{ revision: 1 }, { revision: 3 }] })).toHaveLength(1));
});
