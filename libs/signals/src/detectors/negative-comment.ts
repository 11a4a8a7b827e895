import type { Feedback } from '@ratchet/domain';
import { profileOf } from '../text/text-profile.js';
import { type Detected, type NextTurnDetector, quoted, signal } from './detector.js';

/** The user's next message complains, or does not understand the reply. */
export const detectComplaint: NextTurnDetector = (_exchange, { message }) => {
  const { complaint, confusion, dislike, praise } = message.cues.words;
  if (complaint !== undefined) return signal('negative_comment', praise === undefined ? 0.6 : 0.4, { words: complaint, next: quoted(message.text) });
  if (confusion !== undefined) return signal('negative_comment', 0.5, { words: confusion, next: quoted(message.text) });
  return dislike === undefined || praise !== undefined ? undefined : signal('negative_comment', 0.4, { words: dislike, next: quoted(message.text) });
};

/** What people tick or write about a reply, as far as it is bad. */
export const commentSignal = ({ feedbackId, comment, reasons = [], source }: Feedback): Detected | undefined => {
  const { words } = profileOf(comment ?? '', 'user').cues;
  const found = words.complaint ?? words.confusion ?? words.correction ?? words.dislike ?? words.no_first;
  const strength = reasons.length > 0 ? 0.9 : found !== undefined && words.praise === undefined ? 0.7 : 0;
  if (strength === 0) return undefined;
  return {
    ...signal('negative_comment', strength, {
      feedbackId,
      source: source.type,
      ...(comment !== undefined && { comment: quoted(comment) }),
      ...(found !== undefined && { words: found }),
      ...(reasons.length > 0 && { reasons: reasons.join(', ') }),
    }),
    ...(comment !== undefined && { comment }),
    ...(reasons.length > 0 && { reasons }),
  };
};
