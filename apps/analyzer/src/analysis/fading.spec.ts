import { describe, expect, it } from '@jest/globals';
import { decideFading } from './fading.js';

const former = (opportunityId: string, missedAnalyses: number, isClosed = false): Parameters<typeof decideFading>[0]['former'][number] => ({ opportunityId, missedAnalyses, centroid: [1], embedding: 'e', memberIds: new Set(), isClosed });

describe('decideFading', () => {
  it('gives a missing opportunity some analyses to come back before it is closed', () => {
    const { missed, closed } = decideFading({ former: [former('new', 0), former('old', 2)], found: [], fadeAfter: 3 });
    expect(missed).toEqual(['new']);
    expect(closed).toEqual([{ opportunityId: 'old', reason: 'faded' }]);
  });

  it('leaves those alone that were found, and those that are closed', () => {
    expect(decideFading({ former: [former('a', 2), former('b', 2, true)], found: [{ opportunityId: 'a' }], fadeAfter: 3 })).toEqual({ missed: [], closed: [] });
  });

  it('closes at once what lies in another opportunity now', () => {
    const { closed } = decideFading({ former: [former('a', 0), former('b', 0)], found: [{ opportunityId: 'b', change: { kind: 'merged', from: ['b', 'a'] } }], fadeAfter: 3 });
    expect(closed).toEqual([{ opportunityId: 'a', reason: 'merged' }]);
  });
});
