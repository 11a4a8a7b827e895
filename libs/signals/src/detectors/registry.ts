import type { Feedback } from '@ratchet/domain';
import type { SignalsConfig } from '../config.js';
import { detectCorrection } from './correction.js';
import type { Detected, EndingDetector, NextTurnDetector } from './detector.js';
import { detectEscalation } from './escalation.js';
import { commentSignal, detectComplaint } from './negative-comment.js';
import { detectMovedOn, detectTaskCompleted, detectThanks } from './positive.js';
import { detectQuickAbandonment } from './quick-abandonment.js';
import { detectQuickFollowUp } from './quick-follow-up.js';
import { metricSignal, ratingSignal } from './rating.js';
import { detectReformulation } from './reformulation.js';
import { detectRepeatedQuery } from './repeated-query.js';
import { detectGivingUp, detectSessionAbandonment } from './session-abandonment.js';
import { thumbsSignal } from './thumbs.js';
import { detectUnresolvedAtEnd, detectUnresolvedOnNextTurn } from './unresolved-request.js';
import { unsafeSignal } from './unsafe-answer.js';
import { userCorrectionSignal } from './user-correction.js';

/** Run on an interaction when the user's next message has come. */
export const nextTurnDetectors: readonly NextTurnDetector[] = [
  detectReformulation,
  detectRepeatedQuery,
  detectQuickFollowUp,
  detectCorrection,
  detectEscalation,
  detectComplaint,
  detectGivingUp,
  detectUnresolvedOnNextTurn,
  detectThanks,
  detectMovedOn,
];

/** Run on the last interaction when its conversation has ended. */
export const endingDetectors: readonly EndingDetector[] = [detectTaskCompleted, detectQuickAbandonment, detectSessionAbandonment, detectUnresolvedAtEnd];

/** Signals that one piece of feedback carries; a comment beside a thumb or stars explains those, and is no signal of its own. */
export const feedbackSignals = (feedback: Feedback, config: SignalsConfig): Detected[] => {
  const found = [thumbsSignal(feedback), ratingSignal(feedback, config), metricSignal(feedback, config), userCorrectionSignal(feedback), unsafeSignal(feedback)].filter((detected) => detected !== undefined);
  if (found.length > 0) return found;
  const comment = commentSignal(feedback);
  return comment === undefined ? [] : [comment];
};
