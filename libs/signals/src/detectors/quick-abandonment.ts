import { saysItIsDone } from './done-in-words.js';
import { type EndingDetector, secondsOf, signal } from './detector.js';

/** A conversation of this many times the limit (two minutes by default), and longer, that ends right after a reply says little. */
const LONG_CONVERSATION = 4;
const SHARE_OF_LONG = 0.2;

/**
 * The article's `quick_abandonment`: the session lasted less than 30 seconds and the task was not completed, by what the product says or
 * by the user's own words. A longer session counts too where the user left within that time of the last reply, graded, since the share of
 * bad conversations falls steadily with their length: full strength for leaving at once in a short conversation, a fifth of it in a long one.
 */
export const detectQuickAbandonment: EndingDetector = ({ query }, ending, { config }) => {
  const { announced, taskCompleted, afterReplyMs, conversationMs } = ending;
  if (!announced || taskCompleted === true || afterReplyMs === undefined || conversationMs === undefined) return undefined;
  const limitMs = config.quickAbandonmentMs;
  if (afterReplyMs >= limitMs || saysItIsDone(query)) return undefined;
  const beyond = Math.max(0, Math.min(1, (conversationMs - limitMs) / ((LONG_CONVERSATION - 1) * limitMs)));
  const byLength = 1 - (1 - SHARE_OF_LONG) * beyond;
  return signal('quick_abandonment', byLength * (1 - (0.5 * afterReplyMs) / limitMs), {
    secondsAfterReply: secondsOf(afterReplyMs),
    conversationSeconds: secondsOf(conversationMs),
    thresholdSeconds: secondsOf(limitMs),
    shortSession: conversationMs < limitMs,
    taskCompleted: false,
  });
};
