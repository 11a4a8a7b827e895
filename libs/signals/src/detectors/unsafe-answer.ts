import { type Feedback, thumbsUp } from '@ratchet/domain';
import { type Detected, signal } from './detector.js';

/** Feedback by the name `unsafe`, from a person or from a guard of the product. */
export const unsafeSignal = ({ feedbackId, name, value, comment, source }: Feedback): Detected | undefined => {
  if (name !== 'unsafe' || thumbsUp(value ?? true) !== true) return undefined;
  return { ...signal('unsafe_answer', 1, { feedbackId, source: source.type }), ...(comment !== undefined && { comment }) };
};
