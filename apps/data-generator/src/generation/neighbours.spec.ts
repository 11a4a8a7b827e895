import { describe, expect, it } from '@jest/globals';
import { spreadCorrections } from './neighbours.js';
import type { CorrectedFailure, SourceFailure } from './candidate.js';

const vectors = new Map<string, number[]>();
const failure = (interactionId: string, angle: number): SourceFailure => {
  vectors.set(interactionId, [Math.cos(angle), Math.sin(angle)]);
  return { interactionId, conversationId: interactionId, query: 'q', response: 'r', signals: [], startedAtMs: 0 };
};
const corrected = (interactionId: string, angle: number, correction: string): CorrectedFailure => ({ ...failure(interactionId, angle), correction });
const spread = (accepted: CorrectedFailure[], rivals: CorrectedFailure[] = [], similarityMin = 0.5): string[] =>
  spreadCorrections({ uncorrected: [failure('open', 0)], accepted, rivals, vectorOf: ({ interactionId }) => vectors.get(interactionId) ?? [], similarityMin }).map(({ neighbours }) => neighbours.map(({ interactionId }) => interactionId).join(' '));

describe('spreadCorrections', () => {
  const three = [corrected('a', 0.1, 'One.'), corrected('b', 0.2, 'one.'), corrected('c', 0.3, 'One. ')];

  it('spreads an answer that the three nearest corrections agree on', () => {
    expect(spread([...three, corrected('far', 1, 'Two.')])).toEqual(['a b c']);
  });

  it.each<[string, string[]]>([
    ['two neighbours are too few', spread(three.slice(0, 2))],
    ['one of three names another answer', spread([...three.slice(0, 2), corrected('d', 0.05, 'Two.')])],
    ['one of them is too far', spread([...three.slice(0, 2), corrected('e', 1.5, 'One.')])],
    ['a correction that was not accepted is nearer', spread(three, [corrected('rival', 0.15, 'One.')])],
  ])('spreads nothing where %s', (_, found) => {
    expect(found).toEqual([]);
  });
});
