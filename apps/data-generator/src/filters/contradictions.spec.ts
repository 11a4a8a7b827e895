import { describe, expect, it } from '@jest/globals';
import { settleContradictions } from './contradictions.js';
import type { Candidate } from '../generation/candidate.js';

const candidate = (input: string, output: string, interactionId: string, confidence = 0.8): Candidate => ({ input, output, source: 'user_correction', confidence, opportunityId: 'o', interactionIds: [interactionId], state: 'accepted', reason: 'r' });

describe('settleContradictions', () => {
  it('makes one example of equal pairs, with all their interactions and the best confidence', () => {
    const { kept, dropped } = settleContradictions([candidate('End it', 'A.', '1', 0.7), candidate(' end  IT', 'a.', '2', 0.9)]);
    expect(kept).toHaveLength(1);
    expect(kept[0]).toMatchObject({ confidence: 0.9, interactionIds: ['1', '2'] });
    expect(dropped.map(({ reason }) => reason)).toEqual(['duplicate']);
  });

  it('lets the majority win', () => {
    const { kept, dropped } = settleContradictions([candidate('end it', 'A.', '1'), candidate('end it', 'B.', '2'), candidate('end it', 'A.', '3')]);
    expect(kept.map(({ output }) => output)).toEqual(['A.']);
    expect(dropped.map(({ reason }) => reason).sort()).toEqual(['contradicting_answers', 'duplicate']);
  });

  it('drops all on a tie', () => {
    const { kept, dropped } = settleContradictions([candidate('end it', 'A.', '1'), candidate('end it', 'B.', '2'), candidate('other', 'C.', '3')]);
    expect(kept.map(({ output }) => output)).toEqual(['C.']);
    expect(dropped).toHaveLength(2);
  });
});
