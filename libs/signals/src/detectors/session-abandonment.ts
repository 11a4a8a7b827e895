import { wordsOfCue } from '../cues/cue-matcher.js';
import { saysItIsDone } from './done-in-words.js';
import { type EndingDetector, type NextTurnDetector, quoted, signal } from './detector.js';

/** The user gives the task up in words ("never mind"). */
export const detectGivingUp: NextTurnDetector = (_exchange, { message }) => {
  const words = wordsOfCue(message.cues, 'give_up');
  return words === undefined ? undefined : signal('session_abandonment', 0.6, { words, next: quoted(message.text) });
};

/** The user leaves with the task not completed: the product says so, or there had been corrections and repeats, and then silence. */
export const detectSessionAbandonment: EndingDetector = ({ query }, { announced, taskCompleted, hadTrouble }) => {
  if (taskCompleted === true) return undefined;
  if (taskCompleted === false) return signal('session_abandonment', 0.8, { taskCompleted: false });
  if (!hadTrouble || saysItIsDone(query)) return undefined;
  return signal('session_abandonment', 0.5, { leftAfterTrouble: true, wentSilent: !announced });
};
