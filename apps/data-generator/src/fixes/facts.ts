import { normalizeAnswer, type AnswerCheck } from '@ratchet/domain';

const PHRASES_MAX = 20;
/** Numbers with what makes them amounts, links, addresses, months and days of the week: what an answer can only know. */
const FACTS =
  /https?:\/\/[^\s)>\]]+|[\w.+-]+@[\w-]+\.[\w.]+|\d+(?:[.,:]\d+)*|\b(?:january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?\b/giu;

export const factsOf = (text: string): string[] => [...new Set((text.match(FACTS) ?? []).map((fact) => fact.replace(/[.,:]+$/u, '')))];

/**
 * How to tell the right answer from the one that failed where a model puts it into words of its own: it names the facts that the failed reply did not
 * name. Undefined where no fact tells the two apart.
 */
export const mentionsNewFacts = (answer: string, failedReply: string): AnswerCheck | undefined => {
  const said = normalizeAnswer(failedReply);
  const fresh = factsOf(answer).filter((fact) => !said.includes(normalizeAnswer(fact)));
  return fresh.length === 0 ? undefined : { kind: 'mentions', phrases: fresh.slice(0, PHRASES_MAX) };
};
