import { type Feedback, thumbsUp } from '@ratchet/domain';
import { type Detected, signal } from './detector.js';

/** A thumb, up or down. */
export const thumbsSignal = ({ feedbackId, name, value, comment, reasons, source }: Feedback): Detected | undefined => {
  const up = name === 'thumbs' ? thumbsUp(value) : undefined;
  if (up === undefined) return undefined;
  return {
    ...signal(up ? 'thumbs_up' : 'thumbs_down', 1, { feedbackId, source: source.type }),
    ...(comment !== undefined && { comment }),
    ...(reasons !== undefined && reasons.length > 0 && { reasons }),
  };
};
