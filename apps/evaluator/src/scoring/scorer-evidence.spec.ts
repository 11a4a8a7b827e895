import { describe, expect, it } from '@jest/globals';
import type { AnswerRecord } from '../judging/ask-version.js';
import { scorerEvidence, scoringNotes } from './scorer-evidence.js';
import { asStoredFault, STEERED } from './scorer.js';

const record = (changed: Partial<AnswerRecord>): AnswerRecord => ({ versionId: 'v1', itemId: 'i', score: 1, latencyMs: null, costUsd: null, fault: null, reasons: [], ...changed });
const rules = { name: 'normalised', version: '1' };
const judge = { name: 'judge', version: 'pairwise.v1 p/m' };

describe('scorerEvidence', () => {
  it('counts items, not answers, by scorer and version, and names a scorer that scored nothing', () => {
    const absent = { name: 'similarity', version: '' };
    expect(
      scorerEvidence([
        record({ itemId: 'a', scorer: rules }), record({ itemId: 'a', versionId: 'v2', scorer: rules }), record({ itemId: 'b', scorer: rules }),
        record({ itemId: 'c', scorer: judge, score: 0.5 }), record({ itemId: 'd', scorer: judge, score: null, fault: asStoredFault('run_budget') }),
        record({ itemId: 'e', scorer: absent, score: null, fault: asStoredFault('no_embeddings') }), record({ itemId: 'f' }),
      ]),
    ).toEqual([{ name: 'judge', version: 'pairwise.v1 p/m', items: 1 }, { name: 'normalised', version: '1', items: 2 }, { name: 'similarity', items: 0 }]);
  });
});

describe('scoringNotes', () => {
  it('says which items have no score and why, and nothing of versions that did not answer', () => {
    const missing = (itemId: string, versionId: string): AnswerRecord => record({ itemId, versionId, scorer: judge, score: null, fault: asStoredFault('no_judge') });
    expect(scoringNotes([missing('a', 'v1'), missing('a', 'v2'), missing('b', 'v1'), record({ scorer: rules, score: null, fault: 'timeout' })])).toEqual([
      '2 items have no score by judge and count as missing: no judge is configured (EVALUATION_JUDGE)',
    ]);
  });

  it('says whose answers speak to their judge', () => {
    expect(scoringNotes([record({ versionId: 'v2', scorer: judge, score: 0, reasons: [STEERED] })])).toEqual(['1 answers of v2 speak to their judge, and lost without being read by it']);
  });
});
