import { describe, expect, it } from '@jest/globals';
import { findRootCause, givenAnswersOf } from './root-cause.js';
import type { RootCause } from '@ratchet/domain';
import type { Failure } from '../analysis/failure.js';

const failure = (number: number, parts: Partial<Failure>): Failure => ({
  interactionId: `i${number}`, conversationId: `c${number}`, userId: `u${number}`, version: 'v1', query: 'how do I stop the subscription', response: 'You can change your card under Billing.',
  severity: 0.7, signals: [], reasons: [], comments: [], ...parts,
});
const cluster = (parts: Partial<Failure>, size = 6): Failure[] => Array.from({ length: size }, (_, number) => failure(number, parts));
const none = { givenAnswers: new Set<string>() };

describe('findRootCause', () => {
  const rows: [string, Partial<Failure>, RootCause][] = [
    ['replies that say they do not know', { response: "I don't know the answer to that." }, 'intent_misunderstood'],
    ['corrections of several users that name one other answer', { correction: 'Open Plan and choose End subscription.' }, 'intent_misunderstood'],
    ['the reason "did not answer"', { reasons: ['did_not_answer'] }, 'intent_misunderstood'],
    ['corrections that change only a fact of the reply', { response: 'The capital of Australia is Sydney.', correction: 'The capital of Australia is Canberra.', reasons: ['incorrect'] }, 'knowledge_gap'],
    ['a few words as the correction of a sentence', { response: 'The capital of Australia is Sydney.', correction: 'Canberra' }, 'knowledge_gap'],
    ['comments that facts are outdated', { comments: ['that price is outdated'] }, 'knowledge_gap'],
    ['the reason "hard to understand"', { reasons: ['hard_to_understand'] }, 'format_unclear'],
    ['comments on the form of the reply', { comments: ['way too long, give me bullet points'] }, 'format_unclear'],
    ['refusals on which users insist', { response: "I'm sorry, but I can't help with that.", signals: [{ name: 'reformulation', strength: 0.8, evidence: {} }] }, 'over_conservative_safety'],
    ['refusals with typographic apostrophes', { response: 'Sorry, I can’t help with that request.', correction: 'Turn the red knob to the left.' }, 'over_conservative_safety'],
    ['comments that details are invented', { comments: ['you made that up, this button does not exist'], reasons: ['incorrect'] }, 'insufficient_grounding'],
    ['a low factuality score', { signals: [{ name: 'quality_low', strength: 0.9, evidence: { evaluator: 'factuality' } }] }, 'insufficient_grounding'],
  ];
  it.each(rows)('reads %s', (_, parts, expected) => {
    const { rootCause, confidence } = findRootCause(cluster(parts), none);
    expect(rootCause).toBe(expected);
    expect(confidence).toBeGreaterThan(0.5);
  });

  it('takes a correction that the model gives elsewhere for a missed intent, even where it differs little from the reply', () => {
    const parts = { response: 'Open Plan and choose Pause.', correction: 'Open Plan and choose End.' };
    expect(findRootCause(cluster(parts), none).rootCause).toBe('knowledge_gap');
    const known = findRootCause(cluster(parts), { givenAnswers: new Set(['open plan and choose end.']) });
    expect(known.rootCause).toBe('intent_misunderstood');
    expect(known.reason).toContain('corrections name an answer that the model gives elsewhere (6 of 6)');
  });

  it('says that it has no evidence, with the confidence of a guess among five', () => {
    const { confidence, reason } = findRootCause(cluster({}), none);
    expect(confidence).toBeCloseTo(0.2);
    expect(reason).toContain('no reply, reason, comment or correction');
  });

  it('is surer of many failures than of one', () => {
    const parts = { reasons: ['hard_to_understand' as const] };
    expect(findRootCause(cluster(parts, 20), none).confidence).toBeGreaterThan(findRootCause(cluster(parts, 1), none).confidence);
  });

  it('ignores a correction that repeats the reply', () => {
    expect(findRootCause(cluster({ correction: ' you can change your CARD under billing. ' }), none).confidence).toBeCloseTo(0.2);
  });
});

describe('givenAnswersOf', () => {
  it('leaves refusals, ignorance and silence out', () => {
    const answers = givenAnswersOf([{ response: 'Open  Plan.' }, { response: "I don't know that." }, { response: "I can't help with that." }, { response: '' }]);
    expect([...answers]).toEqual(['open plan.']);
  });
});
