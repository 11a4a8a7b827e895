import { hasCue } from '../cues/cue-matcher.js';
import type { TextProfile } from '../text/text-profile.js';

/** Whether a message says by its words that something went wrong before it. */
export const showsTrouble = ({ cues }: TextProfile): boolean =>
  cues.bits !== 0 &&
  ((hasCue(cues, 'no_first') && !hasCue(cues, 'thanks')) ||
    hasCue(cues, 'correction') ||
    hasCue(cues, 'complaint') ||
    hasCue(cues, 'confusion') ||
    hasCue(cues, 'dislike') ||
    hasCue(cues, 'give_up') ||
    hasCue(cues, 'escalation'));
