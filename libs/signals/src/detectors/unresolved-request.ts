import { type EndingDetector, type NextTurnDetector, quoted, signal } from './detector.js';

/** The reply said that it could not help, and the user goes on asking. */
export const detectUnresolvedOnNextTurn: NextTurnDetector = ({ reply }, { message, toQuery }) => {
  const failure = reply.cues.words.does_not_know ?? reply.cues.words.failed;
  if (failure === undefined) return undefined;
  const { retry, another, correction, no_first: no } = message.cues.words;
  const words = correction ?? retry ?? another ?? no;
  if (words === undefined && toQuery.strength === 0) return undefined;
  return signal('unresolved_request', toQuery.strength > 0 ? 0.9 : 0.6, {
    replyWords: failure,
    next: quoted(message.text),
    ...(words !== undefined && { words }),
  });
};

/** The conversation ended on a reply that failed, or on a question that was left open. */
export const detectUnresolvedAtEnd: EndingDetector = ({ reply, interaction }, { taskCompleted }) => {
  if (taskCompleted === true) return undefined;
  const failure = reply.cues.words.does_not_know ?? reply.cues.words.failed;
  if (failure !== undefined) {
    return signal('unresolved_request', reply.cues.words.does_not_know === undefined ? 0.5 : 0.8, { endedOn: quoted(reply.text), replyWords: failure });
  }
  if (interaction.output?.content === '') return signal('unresolved_request', 0.8, { endedOn: 'an empty reply' });
  if (!reply.endsWithQuestion || reply.cues.counts.thanked !== undefined) return undefined;
  return signal('unresolved_request', reply.cues.counts.asks_repeat === undefined ? 0.3 : 0.6, { endedOn: quoted(reply.text), openQuestion: true });
};
