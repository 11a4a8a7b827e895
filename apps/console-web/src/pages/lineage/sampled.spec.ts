import { describe, expect, it } from '@jest/globals';
import { sampled } from './sampled';

describe('sampled', () => {
  it('takes the first, the last, and what lies evenly between', () => {
    expect(sampled([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)).toEqual([0, 4, 8]);
    expect(sampled([1, 2], 3)).toEqual([1, 2]);
  });
});
