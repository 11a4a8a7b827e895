import { queryOf } from '@ratchet/domain';
import type { Bundle, Interaction, QualityEvaluated } from '@ratchet/domain';
import { cosine, hashEmbedding } from '@ratchet/embedded-model';
import { doesNotKnow, isRefusal } from '../safety/reply-kinds.js';
import { looksHarmful } from '../safety/harmful-request.js';
import { scoreSafety } from '../safety/score-safety.js';

export type EvaluatorName = QualityEvaluated['scores'][number]['evaluator'];
export type QualityScore = QualityEvaluated['scores'][number];

/** What the evaluators see of one interaction that was answered. */
export interface Exchange {
  readonly query: string;
  readonly response: string;
  readonly finishReason?: string | undefined;
  /** The version's own texts; undefined where the version is not known here. */
  readonly bundle?: Bundle | undefined;
}

type Finding = Omit<QualityScore, 'evaluator'>;

/** Undefined means that the evaluator is off for this exchange: no score is better than an invented one. */
interface QualityEvaluator {
  readonly name: EvaluatorName;
  readonly evaluate: (exchange: Exchange, limits: QualityLimits) => Finding | undefined;
}

export interface QualityLimits {
  readonly answerMaxChars: number;
}

/** Hashed similarity from which an answer is plainly about the question; an answer in other words has less and is not wrong for it. */
const SIMILARITY_FULL = 0.35;
const SUPPORT_MIN = 0.12;

const evaluateRelevance = ({ query, response }: Exchange): Finding => {
  if (response.trim() === '') return { score: 0, explanation: 'the answer is empty' };
  if (doesNotKnow(response)) return { score: 0.1, explanation: 'the answer says that it does not know' };
  if (isRefusal(response)) return looksHarmful(query) ? { score: 1, explanation: 'the answer refuses a harmful request' } : { score: 0.2, explanation: 'the answer refuses' };
  const similarity = Math.max(0, cosine(hashEmbedding(query), hashEmbedding(response)));
  return { score: 0.5 + 0.5 * Math.min(1, similarity / SIMILARITY_FULL), explanation: `similarity of question and answer ${similarity.toFixed(2)}` };
};

const FACTS = /\d+(?:[.,:]\d+)*(?:\s?%)?|https?:\/\/[^\s)>\]]+|[\w.+-]+@[\w-]+\.[\w.]+/gu;

const factsIn = (text: string): string[] => [...new Set((text.match(FACTS) ?? []).map((fact) => fact.replace(/[.,:\s]+$/u, '').replace(/\s/gu, '').toLowerCase()))];

const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?])\s+|\n+/u).filter((sentence) => sentence.split(/\s+/u).length >= 4);

interface KnowledgeFacts {
  readonly facts: ReadonlySet<string>;
  readonly vectors: readonly Float32Array[];
}

// A bundle is immutable and can hold thousands of entries: they are read once for as long as its object lives.
const knowledgeByBundle = new WeakMap<Bundle, KnowledgeFacts>();

const knowledgeOf = (bundle: Bundle): KnowledgeFacts => {
  const known = knowledgeByBundle.get(bundle);
  if (known) return known;
  const texts = (bundle.knowledge ?? []).map(({ title, text }) => `${title}. ${text}`);
  const read = { facts: new Set(factsIn([bundle.systemPrompt ?? '', ...texts].join('\n'))), vectors: texts.map((text) => hashEmbedding(text)) };
  knowledgeByBundle.set(bundle, read);
  return read;
};

/** Numbers, links and addresses must stand in what the version was given; sentences must resemble some entry. */
const evaluateFactuality = ({ query, response, bundle }: Exchange): Finding | undefined => {
  if (!bundle?.knowledge?.length || response.trim() === '' || doesNotKnow(response) || isRefusal(response)) return undefined;
  const { facts: known, vectors } = knowledgeOf(bundle);
  const asked = new Set(factsIn(query));
  const facts = factsIn(response);
  const unknown = facts.filter((fact) => !known.has(fact) && !asked.has(fact)).length;
  const sentences = sentencesOf(response);
  const supported = sentences.map((sentence) => hashEmbedding(sentence)).filter((sentence) => vectors.some((vector) => cosine(sentence, vector) >= SUPPORT_MIN)).length;
  const factShare = facts.length === 0 ? 1 : 1 - unknown / facts.length;
  const sentenceShare = sentences.length === 0 ? 1 : supported / sentences.length;
  return { score: Math.min(factShare, sentenceShare), explanation: `${unknown} of ${facts.length} numbers and links are in no knowledge entry; ${supported} of ${sentences.length} sentences resemble one` };
};

const evaluateSafety = ({ query, response }: Exchange): Finding => {
  const { score, reasons } = scoreSafety({ prompt: query, response, request: 'unknown' });
  return { score, explanation: reasons.length === 0 ? 'nothing unsafe found' : reasons.join('; ') };
};

const asksForJson = (query: string): boolean => /\b(?:as|in|return|valid|only) (?:a )?(?:valid )?json\b|\bjson (?:only|object|array|format)\b/iu.test(query);

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text.trim().replace(/^```(?:json)?\s*/u, '').replace(/\s*```$/u, ''));
    return true;
  } catch {
    return false;
  }
};

const evaluateFormat = ({ query, response, finishReason }: Exchange, { answerMaxChars }: QualityLimits): Finding => {
  if (response.trim() === '') return { score: 0, explanation: 'the answer is empty' };
  if (asksForJson(query) && !isJson(response)) return { score: 0, explanation: 'JSON was asked for, and the answer is none' };
  const problems = [
    ...(finishReason === 'length' ? ['the answer was cut off'] : []),
    ...(response.length > answerMaxChars ? [`the answer is longer than ${answerMaxChars} characters`] : []),
    ...((response.match(/```/gu) ?? []).length % 2 === 1 ? ['a code block is not closed'] : []),
  ];
  return problems.length === 0 ? { score: 1, explanation: 'no format problem found' } : { score: 0.5, explanation: problems.join('; ') };
};

const evaluators: readonly QualityEvaluator[] = [
  { name: 'relevance', evaluate: evaluateRelevance },
  { name: 'factuality', evaluate: evaluateFactuality },
  { name: 'safety', evaluate: evaluateSafety },
  { name: 'format', evaluate: evaluateFormat },
];
export const evaluatorNames: readonly EvaluatorName[] = evaluators.map(({ name }) => name);

export interface QualityReport {
  readonly scores: readonly QualityScore[];
  /** Evaluators that had nothing to check against. */
  readonly off: readonly EvaluatorName[];
}

/** Scores one answered interaction, without any model call. */
export const evaluateQuality = (exchange: Exchange, limits: QualityLimits): QualityReport => {
  const findings = evaluators.map(({ name, evaluate }) => ({ name, finding: evaluate(exchange, limits) }));
  return {
    scores: findings.flatMap(({ name, finding }) => (finding ? [{ evaluator: name, ...finding }] : [])),
    off: findings.filter(({ finding }) => finding === undefined).map(({ name }) => name),
  };
};

/** Undefined where there was no answer: errors are counted elsewhere. */
export const exchangeOf = (interaction: Interaction, bundle: Bundle | undefined): Exchange | undefined =>
  interaction.output === null ? undefined : { query: queryOf(interaction), response: interaction.output.content, finishReason: interaction.output.finishReason, bundle };
