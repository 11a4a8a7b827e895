import type { ReviewOrigin, Target } from '@ratchet/domain';
import { exampleIdOf, type Candidate } from '../generation/candidate.js';
import type { Reviewable } from './review-rules.js';

const LISTED_MAX = 50;

/** Where a candidate comes from, as its reviewer is shown it. */
export const originOf = (target: Target, candidate: Candidate & Pick<Reviewable, 'scores'>): ReviewOrigin => {
  const { rejectedOutput, clusterId, strategyId, signals, parent, augmentation, difficulty, teacherCalls, scores } = candidate;
  return {
    ...(rejectedOutput !== undefined && { failedAnswer: rejectedOutput }),
    ...(clusterId !== undefined && { clusterId }),
    ...(strategyId !== undefined && { strategyId }),
    ...(signals && signals.length > 0 && { signals: signals.slice(0, LISTED_MAX) }),
    ...(parent && { parent: { exampleId: exampleIdOf(target, parent), input: parent.input, output: parent.output } }),
    ...(augmentation && { augmentation }),
    ...(difficulty && { difficulty }),
    ...(teacherCalls && teacherCalls.length > 0 && { teacherCalls: teacherCalls.slice(0, LISTED_MAX) }),
    ...(scores && Object.keys(scores).length > 0 && { scores: { ...scores } }),
  };
};
