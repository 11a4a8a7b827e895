import { cosine } from '@ratchet/embedded-model';
import { answerKeyOf, type CorrectedFailure, type SourceFailure } from './candidate.js';

const NEIGHBOURS = 3;

export interface SpreadCorrection {
  readonly failure: SourceFailure;
  readonly neighbours: readonly CorrectedFailure[];
  /** Mean cosine of the neighbours. */
  readonly similarity: number;
}

/**
 * Failures without a correction whose three nearest accepted corrections all name one answer and are all near enough. `accepted` holds only
 * accepted ones, `rivals` the other corrections: where one of those is as near as the farthest neighbour, nothing is spread.
 */
export const spreadCorrections = ({ uncorrected, accepted, rivals, vectorOf, similarityMin }: {
  readonly uncorrected: readonly SourceFailure[];
  readonly accepted: readonly CorrectedFailure[];
  readonly rivals: readonly CorrectedFailure[];
  readonly vectorOf: (failure: SourceFailure) => ArrayLike<number>;
  readonly similarityMin: number;
}): SpreadCorrection[] => {
  if (accepted.length < NEIGHBOURS) return [];
  const known = [...accepted, ...rivals].map((failure, i) => ({ failure, key: i < accepted.length ? answerKeyOf(failure.correction) : undefined, vector: vectorOf(failure) }));
  return uncorrected.flatMap((failure): SpreadCorrection[] => {
    const vector = vectorOf(failure);
    const nearest = known
      .map((other) => ({ ...other, similarity: cosine(vector, other.vector) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, NEIGHBOURS);
    const [first] = nearest;
    const agree = first?.key !== undefined && nearest.every(({ key, similarity }) => key === first.key && similarity >= similarityMin);
    if (!agree) return [];
    return [{ failure, neighbours: nearest.map((other) => other.failure), similarity: nearest.reduce((sum, { similarity }) => sum + similarity, 0) / nearest.length }];
  });
};
