import { hasCue } from '../cues/cue-matcher.js';
import { type EndingDetector, secondsOf, signal } from './detector.js';

/** A conversation of this many times the limit (two minutes by default), and longer, that ends right after a reply says little. */
const LONG_CONVERSATION = 4;
const SHARE_OF_LONG = 0.2;

/**
 * The user left within seconds of the reply, the task not completed and not a word of thanks. Graded, since the share of bad
 * conversations falls steadily with their length: full strength for leaving at once in a short conversation, a fifth of it in a long one.
 */
export const detectQuickAbandonment: EndingDetector = ({ query }, ending, { config }) => {
  const { announced, taskCompleted, afterReplyMs, conversationMs } = ending;
  if (!announced || taskCompleted === true || afterReplyMs === undefined || conversationMs === undefined) return undefined;
  const limitMs = config.quickAbandonmentMs;
  if (afterReplyMs >= limitMs || hasCue(query.cues, 'thanks') || hasCue(query.cues, 'goodbye') || hasCue(query.cues, 'praise')) return undefined;
  const beyond = Math.max(0, Math.min(1, (conversationMs - limitMs) / ((LONG_CONVERSATION - 1) * limitMs)));
  const byLength = 1 - (1 - SHARE_OF_LONG) * beyond;
  return signal('quick_abandonment', byLength * (1 - (0.5 * afterReplyMs) / limitMs), {
    secondsAfterReply: secondsOf(afterReplyMs),
    conversationSeconds: secondsOf(conversationMs),
    thresholdSeconds: secondsOf(limitMs),
    taskCompleted: false,
  });
};
