import { hasCue } from '../cues/cue-matcher.js';
import { hasMark, type TextProfile } from '../text/text-profile.js';

/** Whether a message thanks, praises or says goodbye: whoever does and leaves has what they came for. Praise within a question is about something else. */
export const saysItIsDone = (message: TextProfile): boolean =>
  hasCue(message.cues, 'thanks') || hasCue(message.cues, 'goodbye') || (hasCue(message.cues, 'praise') && !hasMark(message, 'asks'));
