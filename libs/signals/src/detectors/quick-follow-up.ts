import { hasCue, wordsOfCue } from '../cues/cue-matcher.js';
import { type NextTurnDetector, quoted, secondsOf, signal } from './detector.js';

/** A correction, complaint or the same request again, within seconds of the reply. */
export const detectQuickFollowUp: NextTurnDetector = (_exchange, { message, afterMs, toQuery }, { config }) => {
  if (afterMs === undefined || afterMs >= config.quickFollowUpMs) return undefined;
  const { cues } = message;
  const words = wordsOfCue(cues, 'correction') ?? wordsOfCue(cues, 'complaint') ?? wordsOfCue(cues, 'confusion') ?? (hasCue(cues, 'thanks') ? undefined : wordsOfCue(cues, 'no_first'));
  if (words === undefined && toQuery.strength === 0) return undefined;
  return signal('quick_follow_up', 1 - (0.6 * afterMs) / config.quickFollowUpMs, {
    secondsAfterReply: secondsOf(afterMs),
    thresholdSeconds: secondsOf(config.quickFollowUpMs),
    next: quoted(message.text),
    ...(words !== undefined && { words }),
  });
};
