import type { Signal } from '@ratchet/domain';
import { rounded, signal } from '../detectors/detector.js';
import type { FailureEstimate } from './failure-probability.js';

/** A failure that only the sum of words shows still says why: its strongest term becomes the signal. */
export const signalOfStrongestTerm = ({ terms, probability }: FailureEstimate): Signal => {
  const strongest = terms.find(({ contribution }) => contribution > 0);
  const name = strongest?.name.startsWith('next.') === true ? 'negative_comment' : 'unresolved_request';
  return signal(name, probability, { term: strongest?.name ?? 'bias', logOdds: rounded(strongest?.contribution ?? 0) });
};
