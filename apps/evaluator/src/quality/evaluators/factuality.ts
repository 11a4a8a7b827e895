import { cosine, hashEmbedding } from '@ratchet/embedded-model';
import { doesNotKnow, isRefusal } from '../../safety/reply-kinds.js';
import type { Exchange, Finding, Off, QualityEvaluator } from './quality-evaluator.js';

const SUPPORT_MIN = 0.12;
const FACTS = /\d+(?:[.,:]\d+)*(?:\s?%)?|https?:\/\/[^\s)>\]]+|[\w.+-]+@[\w-]+\.[\w.]+/gu;

const factsIn = (text: string): string[] => [...new Set((text.match(FACTS) ?? []).map((fact) => fact.replace(/[.,:\s]+$/u, '').replace(/\s/gu, '').toLowerCase()))];

const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?])\s+|\n+/u).filter((sentence) => sentence.split(/\s+/u).length >= 4);

interface ContextFacts {
  readonly facts: ReadonlySet<string>;
  readonly vectors: readonly Float32Array[];
}

// The texts of one version are the same array each time.
const factsByContext = new WeakMap<readonly string[], ContextFacts>();

const readContext = (context: readonly string[]): ContextFacts => {
  const known = factsByContext.get(context) ?? { facts: new Set(factsIn(context.join('\n'))), vectors: context.map((text) => hashEmbedding(text)) };
  factsByContext.set(context, known);
  return known;
};

/** Whether numbers, links and addresses stand in what the answer was to rest on, and sentences resemble some text of it. */
export class FactualityRules implements QualityEvaluator {
  readonly name = 'factuality';

  async evaluate({ query, response, context, instructions }: Exchange): Promise<Finding | Off> {
    if (context.length === 0) return { off: 'no_context' };
    if (response.trim() === '' || doesNotKnow(response) || isRefusal(response)) return { off: 'nothing_claimed' };
    const { facts: known, vectors } = readContext(context);
    const given = new Set([query, ...instructions].flatMap(factsIn));
    const facts = factsIn(response);
    const unknown = facts.filter((fact) => !known.has(fact) && !given.has(fact)).length;
    const sentences = sentencesOf(response);
    const supported = sentences.map((sentence) => hashEmbedding(sentence)).filter((sentence) => vectors.some((vector) => cosine(sentence, vector) >= SUPPORT_MIN)).length;
    const factShare = facts.length === 0 ? 1 : 1 - unknown / facts.length;
    const sentenceShare = sentences.length === 0 ? 1 : supported / sentences.length;
    return { score: Math.min(factShare, sentenceShare), explanation: `${unknown} of ${facts.length} numbers and links are in no text that was given; ${supported} of ${sentences.length} sentences resemble one` };
  }
}
