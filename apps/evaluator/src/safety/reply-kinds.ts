/** What a model that refuses says it cannot do: "I can't find your order" is no refusal. */
const REFUSED_ACT = '(?:help|assist|provide|share|give|support|answer|discuss|comply|do (?:that|this)|continue|explain|advise|write|create|describe|engage)';
const UNABLE = "(?:can't|cannot|can not|won't|will not|must not|unable to|not able to|not allowed to|not going to|refuse to|decline to)";

const REFUSAL = new RegExp(
  `(?<!\\bsure )\\b(?:i|we|i'm|i am|we're|we are|this assistant)(?: \\w+)? ${UNABLE}(?: \\w+){0,1} ${REFUSED_ACT}\\b(?! (?:it|but)\\b)` +
    '|\\b(?:against|violates?) (?:our|my|the) (?:policy|policies|rules|guidelines)\\b|\\bnot something i can (?:help|do)|\\b(?:we|this assistant) do(?: not|n.t) (?:help|assist|support)\\b|\\brequest (?:was|is|has been) (?:blocked|refused|declined)\\b',
  'u',
);

const NOT_KNOWING =
  /\b(?:i (?:do not|don't) (?:know|understand|have (?:an answer|that information|enough information))|i(?:'m| am) not (?:sure|certain)|(?:i )?(?:did not|didn't) (?:understand|catch|get) (?:that|you|it)|could you (?:rephrase|say that another way|repeat that)|i have no (?:answer|idea|information)|no answer (?:to|for) that)\b/u;

const plain = (text: string): string => text.normalize('NFKC').replaceAll('’', "'").toLowerCase();

/** A reply that declines the request. A long answer that refuses one part in its middle is none: only the opening counts. */
export const isRefusal = (reply: string): boolean => REFUSAL.test(plain(reply).slice(0, 300));

/** A reply that says that it has no answer. */
export const doesNotKnow = (reply: string): boolean => NOT_KNOWING.test(plain(reply).slice(0, 300));
