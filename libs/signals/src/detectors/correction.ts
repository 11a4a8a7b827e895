import { hasCue } from '../cues/cue-matcher.js';
import { type NextTurnDetector, quoted, signal } from './detector.js';

/** The user's next message corrects the reply ("no, I meant ...") or rejects it. */
export const detectCorrection: NextTurnDetector = ({ reply }, { message }) => {
  const { words } = message.cues;
  const evidence = (found: string): Record<string, string> => ({ words: found, next: quoted(message.text) });
  if (words.correction !== undefined) return signal('correction', words.no_first === undefined ? 0.8 : 0.95, evidence(words.correction));
  if (words.no_first === undefined || hasCue(message.cues, 'thanks')) return undefined;
  if (words.rewording !== undefined) return signal('correction', 0.8, evidence(`${words.no_first} … ${words.rewording}`));
  if (hasCue(reply.cues, 'asks_confirm')) return signal('correction', 0.6, { ...evidence(words.no_first), afterConfirmation: true });
  return signal('correction', 0.4, evidence(words.no_first));
};
