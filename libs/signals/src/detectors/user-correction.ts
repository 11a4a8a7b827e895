import type { Feedback } from '@ratchet/domain';
import { type Detected, quoted, signal } from './detector.js';

/** Somebody gave the right answer. */
export const userCorrectionSignal = ({ feedbackId, name, value, correction, source }: Feedback): Detected | undefined => {
  const answer = correction ?? (name === 'correction' && typeof value === 'string' ? value : undefined);
  if (answer === undefined || answer.trim() === '') return undefined;
  return { ...signal('user_correction', 1, { feedbackId, source: source.type, correction: quoted(answer) }), correction: answer };
};
