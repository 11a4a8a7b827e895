import { hasCue, wordsOfCue } from '../cues/cue-matcher.js';
import { sizeOf } from '../text/stem-set.js';
import { hasMark } from '../text/text-profile.js';
import { type EndingDetector, type NextTurnDetector, quoted, rounded, signal } from './detector.js';

/** A request needs this many words on a topic of its own before it counts as another request. */
const WORDS_OF_A_REQUEST = 2;

/** The user thanks or praises, and does not say no. */
export const detectThanks: NextTurnDetector = (_exchange, { message }) => {
  const thanks = wordsOfCue(message.cues, 'thanks');
  const words = thanks ?? wordsOfCue(message.cues, 'praise');
  if (words === undefined || hasCue(message.cues, 'correction') || hasCue(message.cues, 'complaint') || hasCue(message.cues, 'no_first')) return undefined;
  return signal('thanks', thanks === undefined ? 0.6 : 0.8, { words, next: quoted(message.text) });
};

/** The user goes on with another request, which they would hardly do had this one not been dealt with. */
export const detectMovedOn: NextTurnDetector = ({ query, reply }, { message, toQuery }) => {
  const { cues, content } = message;
  const trouble = hasCue(cues, 'no_first') || hasCue(cues, 'correction') || hasCue(cues, 'complaint') || hasCue(cues, 'confusion') || hasCue(cues, 'escalation') || hasCue(cues, 'give_up') || hasCue(cues, 'retry');
  if (trouble || sizeOf(content) < WORDS_OF_A_REQUEST || sizeOf(query.content) === 0 || toQuery.overlap > 0) return undefined;
  // A message after a question is the answer to it, not another request.
  if (hasMark(reply, 'endsWithQuestion')) return undefined;
  return signal('moved_on', 0.6, { query: quoted(query.text), next: quoted(message.text), wordOverlap: rounded(toQuery.overlap) });
};

/** The product says that the task was completed. */
export const detectTaskCompleted: EndingDetector = (_exchange, { taskCompleted }) => (taskCompleted === true ? signal('task_completed', 0.9, { taskCompleted: true }) : undefined);
