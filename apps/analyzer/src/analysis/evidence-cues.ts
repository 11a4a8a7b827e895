/** Typographic apostrophes would hide "can’t" from the patterns below. */
const plain = (text: string): string => text.replace(/[\u2018\u2019]/gu, "'").toLowerCase();

const NOT_KNOWING =
  /\b(?:(?:i'm|i am|we're) not (?:quite |entirely |really )?(?:sure|certain)|(?:i )?(?:do not|don't) (?:know|have (?:an answer|(?:any |that )?information)|understand)|(?:did not|didn't) (?:quite )?(?:understand|get|catch)|(?:could|can) you (?:please )?(?:rephrase|clarify|say that again)|(?:could not|couldn't|unable to|cannot|can't) (?:find|understand|answer)|not sure (?:what|how|i))\b/u;

const REFUSING =
  /\b(?:(?:i|we)(?: am|'m| are|'re)? (?:sorry,? )?(?:but )?(?:(?:i|we) )?(?:can't|cannot|can not|won't|will not|(?:'m |am |are )?(?:not able|unable|not allowed) to) (?:\w+ )?(?:help with|assist with|help you with|discuss|provide|do that|share|comply|engage|talk about|respond to)|against (?:my|our|the) (?:policy|policies|guidelines|rules)|(?:for|due to) safety (?:reasons|guidelines)|not (?:something )?(?:i am|i'm) (?:allowed|permitted)|inappropriate (?:request|question)|content policy)\b/u;

const FORMAT_COMPLAINT =
  /\b(?:format(?:ted|ting)?|bullet(?:s| points?)?|(?:as|in) a (?:list|table)|step by step|steps?|too (?:long|short|wordy|technical|verbose)|wall of text|unreadable|hard to (?:read|follow)|confusing(?:ly)?|json|markdown|shorter|simpler|plain (?:words|english)|summar(?:y|ise|ize))\b/u;

const INVENTION_COMPLAINT =
  /\b(?:made (?:that |it |this |things? )?up|making (?:that |it |this |things? )?up|invented?|hallucinat\w*|fabricat\w*|does(?:n't| not) exist|do(?:n't| not) exist|no such|there is no|there isn't|where did you get|never (?:said|mentioned|existed)|not (?:in|on) (?:the|your) (?:manual|page|site|docs?|documentation))\b/u;

const FACT_COMPLAINT =
  /\b(?:wrong (?:price|date|number|amount|year|time|name|fact|figure|information|info|address)|incorrect|outdated|out of date|not (?:true|correct|accurate|right)(?: any ?more)?|no longer (?:true|correct|the case)|has changed|is(?:n't| not) true|false)\b/u;

const INTENT_COMPLAINT =
  /\b(?:not what i (?:asked|meant|wanted)|(?:did not|didn't) (?:answer|ask|mean)|wrong (?:topic|question|thing|subject)|misunderst\w+|that's not (?:it|my question)|i (?:asked|meant)|something else|unrelated|irrelevant)\b/u;

export const repliesNotKnowing = (response: string): boolean => NOT_KNOWING.test(plain(response));
export const repliesRefusing = (response: string): boolean => REFUSING.test(plain(response));

export type Complaint = 'format' | 'invention' | 'fact' | 'intent';

const complaints: readonly (readonly [Complaint, RegExp])[] = [
  ['format', FORMAT_COMPLAINT],
  ['invention', INVENTION_COMPLAINT],
  ['fact', FACT_COMPLAINT],
  ['intent', INTENT_COMPLAINT],
];

/** What a user's comment complains of; several are possible. */
export const complaintsIn = (comment: string): Complaint[] => {
  const text = plain(comment);
  return complaints.filter(([, pattern]) => pattern.test(text)).map(([complaint]) => complaint);
};
