/** What a user's message can show. */
export const userCues = [
  'no_first', 'negation', 'correction', 'rewording', 'another', 'retry', 'apology', 'complaint', 'dislike', 'confusion', 'escalation', 'give_up',
  'thanks', 'praise', 'yes_first', 'goodbye', 'doubt', 'accepts', 'closes', 'asks_try', 'needs', 'likes', 'please', 'rejects', 'restates',
] as const;
/** What a reply can show. */
export const replyCues = ['failed', 'does_not_know', 'asks_repeat', 'asks_confirm', 'offers', 'success', 'thanked', 'asks_detail', 'offers_more', 'alternative', 'says_no'] as const;

export type CueName = (typeof userCues)[number] | (typeof replyCues)[number];
export type Audience = 'user' | 'reply';
