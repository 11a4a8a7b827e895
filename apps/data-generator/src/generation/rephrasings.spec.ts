import { describe, expect, it } from '@jest/globals';
import { hashEmbedding } from '@ratchet/embedded-model';
import { findRephrasings } from './rephrasings.js';
import type { CorrectedFailure, SourceFailure } from './candidate.js';

const vectorOf = ({ query }: SourceFailure): Float32Array => hashEmbedding(query);
const corrected: CorrectedFailure = { interactionId: 'later', conversationId: 'c', query: 'how can I end my plan', response: 'r', correction: 'Open Plan.', signals: [], startedAtMs: 60_000 };
const earlier = (parts: Partial<SourceFailure>): SourceFailure => ({ interactionId: 'earlier', conversationId: 'c', query: 'get rid of this thing', response: 'r', signals: ['reformulation'], startedAtMs: 0, ...parts });
const find = (failure: SourceFailure): number => findRephrasings({ corrected: [corrected], uncorrected: [failure], vectorOf }).length;

describe('findRephrasings', () => {
  it.each<[string, Partial<SourceFailure>, number]>([
    ['finds a turn that the user put in other words', {}, 1],
    ['finds a turn in nearly the same words without any signal', { query: 'how do I end my plan', signals: [] }, 1],
    ['leaves a turn about something else alone', { signals: [] }, 0],
    ['leaves another conversation alone', { conversationId: 'other' }, 0],
    ['leaves a turn after the correction alone', { startedAtMs: 90_000 }, 0],
    ['leaves a turn long before alone', { startedAtMs: -600_000 }, 0],
  ])('%s', (_, parts, expected) => {
    expect(find(earlier(parts))).toBe(expected);
  });

  it('takes the first correction that follows', () => {
    const second = { ...corrected, interactionId: 'second', correction: 'Something else.', startedAtMs: 120_000 };
    const [found] = findRephrasings({ corrected: [second, corrected], uncorrected: [earlier({})], vectorOf });
    expect(found?.correctedBy.interactionId).toBe('later');
    expect(found?.confidenceFactor).toBeLessThan(1);
  });
});
