import { describe, expect, it } from '@jest/globals';
import { settleDiagnosis, type JudgeOpinion } from './diagnosis.js';

const byRules = { rootCause: 'knowledge_gap', confidence: 0.6, reason: 'corrections change only facts of the reply (6 of 6)' } as const;
const judge = (parts: Partial<JudgeOpinion>): JudgeOpinion => ({ rootCause: 'knowledge_gap', confidence: 0.8, reason: 'The prices are old.', suggestedFix: 'Update the price list.', judge: 'large/model', costUsd: 0.01, ...parts });

describe('settleDiagnosis', () => {
  it('lets the rules decide where no judge is, and asks for a person below the bound', () => {
    expect(settleDiagnosis({ byRules, confidenceMin: 0.4 })).toMatchObject({ rootCause: 'knowledge_gap', fixType: 'knowledge_entries', confidence: 0.6, opinions: { needsPerson: false } });
    expect(settleDiagnosis({ byRules: { ...byRules, confidence: 0.39 }, confidenceMin: 0.4 }).opinions.needsPerson).toBe(true);
  });

  it('takes the higher confidence and the judge’s fix where both agree', () => {
    const settled = settleDiagnosis({ byRules, byJudge: judge({}), confidenceMin: 0.4 });
    expect(settled).toMatchObject({ confidence: 0.8, suggestedFix: 'Update the price list.', opinions: { needsPerson: false, byJudge: { judge: 'large/model', costUsd: 0.01 } } });
  });

  it.each([
    [0.6, 0.9, 'intent_misunderstood', false],
    [0.6, 0.8, 'intent_misunderstood', true],
    [0.9, 0.5, 'knowledge_gap', false],
    [0.7, 0.6, 'knowledge_gap', true],
    // However certain a judge is of itself, it counts at most 0.95.
    [0.75, 1, 'intent_misunderstood', true],
  ] as const)('with rules at %d and a judge that differs at %d names %s, and needs a person: %s', (rules, judged, rootCause, needsPerson) => {
    const settled = settleDiagnosis({ byRules: { ...byRules, confidence: rules }, byJudge: judge({ rootCause: 'intent_misunderstood', confidence: judged }), confidenceMin: 0.4 });
    expect(settled).toMatchObject({ rootCause, opinions: { needsPerson, byRules: { rootCause: 'knowledge_gap' }, byJudge: { rootCause: 'intent_misunderstood' } } });
    expect(settled.suggestedFix !== undefined).toBe(rootCause === 'intent_misunderstood');
  });

  it('lets a person’s word stand against both', () => {
    const byPerson = { rootCause: 'format_unclear', actor: 'ann', reason: 'they want a table' } as const;
    const settled = settleDiagnosis({ byRules, byJudge: judge({}), byPerson, confidenceMin: 0.4 });
    expect(settled).toMatchObject({ rootCause: 'format_unclear', fixType: 'prompt_patch', confidence: 1, reason: 'ann says: they want a table', opinions: { needsPerson: false, byPerson } });
    expect(settled.suggestedFix).toBeUndefined();
  });
});
