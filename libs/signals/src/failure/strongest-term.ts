import type { Signal } from '@ratchet/domain';
import { rounded, signal } from '../detectors/detector.js';
import type { FailureEstimate } from './failure-probability.js';

/** Features that are words of the user's next message, alone or as the answer to what the reply did. */
const OF_THE_USER = /^next\.|\*/u;

/** A failure that only the sum of words shows still says why: its strongest term becomes the signal, with those that add most beside it. */
export const signalOfStrongestTerm = ({ terms, probability }: FailureEstimate): Signal => {
  const [strongest, ...others] = terms.filter(({ contribution }) => contribution > 0);
  const name = strongest !== undefined && OF_THE_USER.test(strongest.name) ? 'negative_comment' : 'unresolved_request';
  return signal(name, probability, {
    term: strongest?.name ?? 'bias',
    logOdds: rounded(strongest?.contribution ?? 0),
    ...(others.length > 0 && { furtherTerms: others.slice(0, 3).map((term) => term.name).join(', ') }),
  });
};
