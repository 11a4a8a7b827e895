/** What an answer says to whoever grades it, and the words by which a request or expected answer makes that its subject. */
interface SteeringRule {
  readonly says: RegExp;
  readonly subject: RegExp;
}

const GRADING = /\b(?:grad(?:e|es|ed|ing)|scor(?:e|es|ed|ing)|rat(?:e|es|ed|ing|ings)|marks?|review|assess(?:ment)?|10 ?\/ ?10|out of 10)\b/u;
const CHOOSING = /\b(?:answers?|responses?|repl(?:y|ies)|options?|quiz)\b/u;

/**
 * Rules for English, and narrow: an answer that they take for steering loses, so they must leave ordinary ones alone. A wording that they miss still meets a
 * fenced prompt and both orders.
 */
const RULES: readonly SteeringRule[] = [
  {
    says: /\b(?:give|grant|award|assign|rate|score|grade|mark) (?:me|us|it|this|my|the (?:answer|response|reply|text))\b[^.!?\n]{0,60}\b(?:10 ?\/ ?10|10 out of 10|5 ?\/ ?5|5 out of 5|100 ?%|full marks?|(?:highest|maximum|perfect|top) (?:possible )?(?:score|grade|mark|rating))/u,
    subject: GRADING,
  },
  { says: /\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,40}\b(?:previous|prior|above|earlier|your|all|other)\b[^.!?\n]{0,20}\b(?:instructions?|rules?|criteria)\b/u, subject: /\b(?:instructions?|rules?|criteria|prompts?|injections?)\b/u },
  { says: /\b(?:dear|attention|note (?:to|for)|message (?:to|for)|instructions? (?:to|for)|hey|hello)\b,? ?(?:the )?(?:judge|grader|evaluator|rater)\b/u, subject: /\b(?:judges?|graders?|evaluators?|raters?|courts?)\b/u },
  { says: /\b(?:prefer|choose|pick|select|vote for|favou?r) (?:this|my|the (?:first|second)) (?:answer|response|reply)\b/u, subject: CHOOSING },
  { says: /\b(?:this|my) (?:answer|response|reply) (?:is|should be (?:judged|rated|considered|declared)) (?:the )?(?:better|best|winner|superior|correct) ?(?:one|answer|response|reply)?\b/u, subject: CHOOSING },
  { says: /\b(?:the )?(?:other|first|second) (?:answer|response|reply) (?:is|must be) (?:wrong|worse|bad|incorrect|the loser)\b/u, subject: CHOOSING },
  { says: /["'](?:better|winner|verdict)["']\s*:\s*["'](?:first|second|tie|a|b|answer)\b/u, subject: /\b(?:better|winner|verdict)\b/u },
];

const plain = (text: string): string => text.normalize('NFKC').replaceAll('’', "'").toLowerCase().replace(/\p{Cf}/gu, '');

/** Whether an answer speaks to its judge. What the request or the expected answer (`given`) is about is the subject of an answer, and no steering. */
export const steersJudge = (answer: string, given: readonly string[]): boolean => {
  const text = plain(answer);
  const about = plain(given.join('\n'));
  return RULES.some(({ says, subject }) => says.test(text) && !subject.test(about));
};
