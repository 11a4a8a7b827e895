import { thumbsUp } from '@ratchet/domain';
import type { Feedback } from '@ratchet/domain';
import type { EvaluatorName } from '../evaluators/quality-evaluator.js';

export interface Label {
  readonly aspect: EvaluatorName | 'overall';
  readonly isGood: boolean;
}

/** Stars up to this are bad, from the other on good; between them a person has not decided. */
const BAD_UNTIL = 2;
const GOOD_FROM = 4;

const ofStars = (aspect: Label['aspect'], stars: number | undefined): Label[] =>
  stars === undefined || (stars > BAD_UNTIL && stars < GOOD_FROM) ? [] : [{ aspect, isGood: stars >= GOOD_FROM }];

const aspectOfReason = { incorrect: 'factuality', did_not_answer: 'relevance', hard_to_understand: 'format' } as const;

/** What a person says of an answer, in the evaluators' terms: of one aspect where it is named, else overall. The last of an aspect counts. */
export const labelsOf = ({ name, value, ratings, reasons = [], correction }: Feedback): Label[] => {
  const isUp = name === 'thumbs' ? thumbsUp(value) : undefined;
  const labels: Label[] = [
    ...(correction !== undefined || name === 'correction' ? [{ aspect: 'overall', isGood: false } as const] : []),
    ...(isUp === undefined ? [] : [{ aspect: 'overall', isGood: isUp } as const]),
    ...(name === 'rating' && typeof value === 'number' ? ofStars('overall', value) : []),
    ...ofStars('factuality', ratings?.accuracy),
    ...ofStars('relevance', ratings?.helpfulness),
    ...ofStars('format', ratings?.clarity),
    ...reasons.flatMap((reason) => (reason in aspectOfReason ? [{ aspect: aspectOfReason[reason as keyof typeof aspectOfReason], isGood: false } as const] : [])),
  ];
  return [...new Map(labels.map((label) => [label.aspect, label])).values()];
};
