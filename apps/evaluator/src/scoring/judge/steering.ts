/**
 * What an answer says to whoever grades it, and to nobody who asked. They are rules for English, and narrow: a wording that they miss still meets a fenced
 * prompt and both orders.
 */
const STEERING: readonly RegExp[] = [
  /\b(?:give|grant|award|assign|rate|score|grade|mark) (?:me|us|it|this|my|(?:the|this) (?:answer|response|reply|text))\b[^.!?\n]{0,60}\b(?:10 ?\/ ?10|10 out of 10|5 ?\/ ?5|5 out of 5|100 ?%|full marks?|(?:highest|maximum|perfect|top) (?:possible )?(?:score|grade|mark|rating))/u,
  /\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,40}\b(?:previous|prior|above|earlier|your|all|other)\b[^.!?\n]{0,20}\b(?:instructions?|rules?|criteria|answers?)\b/u,
  /\b(?:dear|attention|note (?:to|for)|message (?:to|for)|instructions? (?:to|for)|hey|hello)\b,? ?(?:the )?(?:judge|grader|evaluator|rater|reviewer)\b/u,
  /\b(?:prefer|choose|pick|select|vote for|favou?r)\b (?:this|my|the (?:first|second)) (?:answer|response|reply|one)\b/u,
  /\b(?:this|my) (?:answer|response|reply) (?:is|should be (?:judged|rated|considered|declared)) (?:the )?(?:better|best|winner|superior|correct one)\b/u,
  /\b(?:the )?(?:other|first|second) (?:answer|response|reply) (?:is|must be) (?:wrong|worse|bad|incorrect|the loser)\b/u,
  /["'](?:better|winner|verdict|grade|score)["']\s*:\s*["'\d]/u,
];

const plain = (text: string): string => text.normalize('NFKC').replaceAll('’', "'").toLowerCase().replace(/\p{Cf}/gu, '');

/** Whether an answer speaks to its judge. What the request or the expected answer itself speaks of in this way is the subject, and no steering. */
export const steersJudge = (answer: string, given: readonly string[]): boolean => {
  const text = plain(answer);
  const subject = plain(given.join('\n'));
  return STEERING.some((pattern) => pattern.test(text) && !pattern.test(subject));
};
