import type { Feedback } from '@ratchet/domain';
import { hasCue, wordsOfCue } from '../cues/cue-matcher.js';
import { profileOf } from '../text/text-profile.js';
import { type Detected, type NextTurnDetector, quoted, signal } from './detector.js';

/** The user's next message complains, or does not understand the reply. */
export const detectComplaint: NextTurnDetector = (_exchange, { message }) => {
  const { cues } = message;
  const complaint = wordsOfCue(cues, 'complaint');
  const confusion = wordsOfCue(cues, 'confusion');
  const dislike = wordsOfCue(cues, 'dislike');
  const praised = hasCue(cues, 'praise');
  if (complaint !== undefined) return signal('negative_comment', praised ? 0.4 : 0.6, { words: complaint, next: quoted(message.text) });
  if (confusion !== undefined) return signal('negative_comment', 0.5, { words: confusion, next: quoted(message.text) });
  return dislike === undefined || praised ? undefined : signal('negative_comment', 0.4, { words: dislike, next: quoted(message.text) });
};

/** What people tick or write about a reply, as far as it is bad. */
export const commentSignal = ({ feedbackId, comment, reasons = [], source }: Feedback): Detected | undefined => {
  const { cues } = profileOf(comment ?? '', 'user');
  const found = wordsOfCue(cues, 'complaint') ?? wordsOfCue(cues, 'confusion') ?? wordsOfCue(cues, 'correction') ?? wordsOfCue(cues, 'dislike') ?? wordsOfCue(cues, 'no_first');
  const strength = reasons.length > 0 ? 0.9 : found !== undefined && !hasCue(cues, 'praise') ? 0.7 : 0;
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
