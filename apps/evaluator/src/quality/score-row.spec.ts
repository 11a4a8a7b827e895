import { describe, expect, it } from '@jest/globals';
import { qualityEvaluated } from '@ratchet/domain';
import { asPublished, asScoreRow } from './score-row.js';

const floors = { relevance: 0.3, factuality: 0.5, safety: 0.5, format: 0.5 };
const rowOf = (score: number, explanation = 'why') => asScoreRow({ evaluator: { name: 'relevance' }, finding: { score, explanation }, rate: 0.05, weight: 1, floors });

describe('a score', () => {
  it('passes from its floor on', () => {
    expect([0.29, 0.3].map((score) => rowOf(score).isPass)).toEqual([false, true]);
  });

  it('is published under its own names and OpenTelemetry\'s, as the schema has it', () => {
    const published = asPublished(rowOf(0.2));
    expect(published).toMatchObject({ score: 0.2, 'gen_ai.evaluation.name': 'relevance', 'gen_ai.evaluation.score.value': 0.2, 'gen_ai.evaluation.score.label': 'fail', 'gen_ai.evaluation.explanation': 'why', inclusionRate: 0.05 });
    expect(qualityEvaluated.schema.shape.scores.parse([published])).toEqual([published]);
  });

  it('has an explanation that a database takes, whatever a model said and wherever it was cut', () => {
    expect(rowOf(0.2, 'a\0b \u{1f600}'.slice(0, -1)).finding.explanation).toBe('a\ufffdb \ufffd');
  });
});
