import { hasCue, wordsOfCue } from '../cues/cue-matcher.js';
import { type NextTurnDetector, quoted, signal } from './detector.js';

/** The user's next message corrects the reply ("no, I meant ...") or rejects it. */
export const detectCorrection: NextTurnDetector = ({ reply }, { message }) => {
  const evidence = (found: string): Record<string, string> => ({ words: found, next: quoted(message.text) });
  const { cues } = message;
  const correction = wordsOfCue(cues, 'correction');
  const no = wordsOfCue(cues, 'no_first');
  if (correction !== undefined) return signal('correction', no === undefined ? 0.8 : 0.95, evidence(correction));
  if (no === undefined || hasCue(cues, 'thanks')) return undefined;
  const rewording = wordsOfCue(cues, 'rewording');
  if (rewording !== undefined) return signal('correction', 0.8, evidence(`${no} … ${rewording}`));
  if (hasCue(reply.cues, 'asks_confirm')) return signal('correction', 0.6, { ...evidence(no), afterConfirmation: true });
  return signal('correction', 0.4, evidence(no));
};
