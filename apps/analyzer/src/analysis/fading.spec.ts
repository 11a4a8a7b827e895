import { describe, expect, it } from '@jest/globals';
import { decideFading } from './fading.js';

const former = (opportunityId: string, missedAnalyses: number, members: string[] = []): Parameters<typeof decideFading>[0]['former'][number] => ({ opportunityId, missedAnalyses, centroid: [1], embedding: 'e', memberIds: new Set(members) });

describe('decideFading', () => {
  it('gives a missing opportunity some analyses to come back before it is closed', () => {
    const { missed, closed } = decideFading({ former: [former('new', 0), former('old', 2)], found: [], fadeAfter: 3 });
    expect(missed).toEqual(['new']);
    expect(closed).toEqual([{ opportunityId: 'old', reason: 'faded' }]);
  });

  it('leaves those that were found alone', () => {
    expect(decideFading({ former: [former('a', 2)], found: [{ opportunityId: 'a', memberIds: [] }], fadeAfter: 3 })).toEqual({ missed: [], closed: [] });
  });

  it('says merged where most of its failures are in another opportunity', () => {
    const { closed } = decideFading({ former: [former('a', 2, ['1', '2', '3'])], found: [{ opportunityId: 'b', memberIds: ['1', '2', '8'] }], fadeAfter: 3 });
    expect(closed).toEqual([{ opportunityId: 'a', reason: 'merged' }]);
  });
});
