import type { FeatureName } from './feature-names.js';

/**
 * Log-odds of what rated dialogues cannot teach, set by hand: they have no feedback, no times, no ends, hardly a request for a person;
 * and whoever asks the same again in them mostly answers a question, while in a product it is a request that was not met.
 */
export const HAND_SET: Readonly<Partial<Record<FeatureName, number>>> = {
  'rewrites*ill_fit': 2.2,
  'repeats*ill_fit': 2.2,
  'signal.quick_follow_up': 0.5,
  'signal.escalation': 3,
  'signal.system_repetition': 0.4,
  'signal.error': 5,
  'end.quick_abandonment': 0.9,
  'end.session_abandonment': 2.4,
  'end.unresolved_request': 1,
  'feedback.negative_comment': 3.5,
  'signal.task_completed': -3,
  'signal.thumbs_down': 5,
  'signal.thumbs_up': -5,
  'signal.low_rating': 5,
  'signal.high_rating': -5,
  'signal.user_correction': 6,
  'signal.unsafe_answer': 8,
};

/**
 * What a fit starts from and pulls to where the labels say little. The dialogues that were rated are hardly ever about an assistant that
 * fails its user plainly, so the few who say so must not be outvoted by those who call a film terrible.
 */
export const PRIOR: Readonly<Partial<Record<FeatureName, number>>> = {
  'next.rejects': 1.8,
  'next.restates': 1.5,
  'next.give_up': 1.5,
  'next.confusion': 0.8,
  'reply.does_not_know': 0.8,
  'signal.correction': 0.6,
  'no*closes': -1,
  'no*thanks': -0.5,
};

/** Without a further message, end or feedback: the share of failures among answered requests. */
export const SILENT_PROBABILITY = 0.1;

/** A word that means trouble must not count against it because of an accident of the data, nor a word of thanks for it. */
const AT_LEAST_0 =
  /^next\.(no_first|correction|rewording|another|retry|apology|complaint|dislike|confusion|doubt|give_up|negations|asks_try|escalation|rejects|restates)$|^reply\.(failed|does_not_know|asks_repeat|off_topic|repeats|alternative|says_no)$|^signal\.(negative_comment|correction|reformulation|repeated_query|session_abandonment|unresolved_request|quick_follow_up|escalation|system_repetition|error|quick_abandonment)$|^end\.(quick_abandonment|session_abandonment|unresolved_request)$|^(failed|confirm)\*(no|corrects|another)$|^(offer|question|statement)\*no$|^dislike\*no_praise$|\*ill_fit$|^course\.(trouble|troubled)$/;
const AT_MOST_0 = /^next\.(thanks|praise|yes_first|goodbye|exclaims|accepts|closes|likes)$|^reply\.(success|thanked|fit|offers_more)$|^(thanks\*not_no|no\*closes|no\*thanks)$|^(failed|confirm|offer|question|statement|more)\*(content|accepts|closes)$|^signal\.(thanks|moved_on|task_completed)$/;

export const boundsOf = (name: FeatureName): { readonly atLeast: number; readonly atMost: number } => ({
  atLeast: AT_LEAST_0.test(name) ? 0 : Number.NEGATIVE_INFINITY,
  atMost: AT_MOST_0.test(name) ? 0 : Number.POSITIVE_INFINITY,
});
