import { hasCue, wordsOfCue } from '../cues/cue-matcher.js';
import { hasMark } from '../text/text-profile.js';
import { type EndingDetector, type NextTurnDetector, quoted, signal } from './detector.js';

/** The reply said that it could not help, and the user goes on asking. */
export const detectUnresolvedOnNextTurn: NextTurnDetector = ({ reply }, { message, toQuery }) => {
  const failure = wordsOfCue(reply.cues, 'does_not_know') ?? wordsOfCue(reply.cues, 'failed');
  if (failure === undefined) return undefined;
  const { cues } = message;
  const words = wordsOfCue(cues, 'correction') ?? wordsOfCue(cues, 'retry') ?? wordsOfCue(cues, 'another') ?? wordsOfCue(cues, 'no_first');
  if (words === undefined && toQuery.strength === 0) return undefined;
  return signal('unresolved_request', toQuery.strength > 0 ? 0.9 : 0.6, {
    replyWords: failure,
    next: quoted(message.text),
    ...(words !== undefined && { words }),
  });
};

/** The conversation ended on a reply that failed, or on a question that was left open. */
export const detectUnresolvedAtEnd: EndingDetector = ({ reply, emptyReply }, { taskCompleted }) => {
  if (taskCompleted === true) return undefined;
  const failure = wordsOfCue(reply.cues, 'does_not_know') ?? wordsOfCue(reply.cues, 'failed');
  if (failure !== undefined) {
    return signal('unresolved_request', hasCue(reply.cues, 'does_not_know') ? 0.8 : 0.5, { endedOn: quoted(reply.text), replyWords: failure });
  }
  if (emptyReply) return signal('unresolved_request', 0.8, { endedOn: 'an empty reply' });
  if (!hasMark(reply, 'endsWithQuestion') || hasCue(reply.cues, 'thanked')) return undefined;
  return signal('unresolved_request', hasCue(reply.cues, 'asks_repeat') ? 0.6 : 0.3, { endedOn: quoted(reply.text), openQuestion: true });
};
