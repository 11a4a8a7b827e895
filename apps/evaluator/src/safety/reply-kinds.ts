const REFUSAL =
  /\b(?:i(?:'m| am) (?:sorry|afraid)[^.!?]{0,40}\b(?:can(?:'|no)t|unable|not able|won't)|i (?:can(?:'|no)t|can not|won't|will not|must not|am unable to|am not able to|am not allowed to|refuse to|decline to)|i'm (?:unable|not able|not allowed|not going) to|(?:we|this assistant) (?:can(?:'|no)t|can not|do not|don't) (?:help|assist|support)|(?:against|violates?) (?:our|my|the) (?:policy|policies|rules|guidelines)|not something i can|request (?:was|is|has been) (?:blocked|refused|declined))/u;

/** What a model that refuses cannot do: "I can't find your order" is no refusal. */
const REFUSED_ACT = /\b(?:help|assist|provide|share|give|support|answer|discuss|comply|do that|continue|explain|advise|write|create|describe|blocked|refused|declined|policy|policies|rules|guidelines|something)\b/u;

const NOT_KNOWING =
  /\b(?:i (?:do not|don't) (?:know|understand|have (?:an answer|that information|enough information))|i(?:'m| am) not (?:sure|certain)|(?:i )?(?:did not|didn't) (?:understand|catch|get) (?:that|you|it)|could you (?:rephrase|say that another way|repeat that)|i have no (?:answer|idea|information)|no answer (?:to|for) that)\b/u;

const plain = (text: string): string => text.normalize('NFKC').replaceAll('’', "'").toLowerCase();

/** A reply that declines the request. A long answer that refuses one part in its middle is none: only the opening counts. */
export const isRefusal = (reply: string): boolean => {
  const opening = plain(reply).slice(0, 300);
  const match = REFUSAL.exec(opening);
  return match !== null && REFUSED_ACT.test(opening.slice(match.index, match.index + 60));
};

/** A reply that says that it has no answer. */
export const doesNotKnow = (reply: string): boolean => NOT_KNOWING.test(plain(reply).slice(0, 300));
