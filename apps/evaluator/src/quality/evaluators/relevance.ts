import { cosine, hashEmbedding } from '@ratchet/embedded-model';
import { looksHarmful } from '../../safety/harmful-request.js';
import { doesNotKnow, isRefusal } from '../../safety/reply-kinds.js';
import type { Exchange, Finding, QualityEvaluator } from './quality-evaluator.js';

/** Hashed similarity from which an answer is plainly about the question; an answer in other words has less and is not wrong for it. */
const SIMILARITY_FULL = 0.35;

const scoreRelevance = ({ query, response }: Exchange): Finding => {
  if (response.trim() === '') return { score: 0, explanation: 'the answer is empty' };
  if (doesNotKnow(response)) return { score: 0.1, explanation: 'the answer says that it does not know' };
  if (isRefusal(response)) return looksHarmful(query) ? { score: 1, explanation: 'the answer refuses a harmful request' } : { score: 0.2, explanation: 'the answer refuses' };
  const similarity = Math.max(0, cosine(hashEmbedding(query), hashEmbedding(response)));
  return { score: 0.5 + 0.5 * Math.min(1, similarity / SIMILARITY_FULL), explanation: `similarity of question and answer ${similarity.toFixed(2)}` };
};

/** Whether the answer is about the question, by rules: a score from 0 to 1. */
export class RelevanceRules implements QualityEvaluator {
  readonly name = 'relevance';

  async evaluate(exchange: Exchange): Promise<Finding> {
    return scoreRelevance(exchange);
  }
}
