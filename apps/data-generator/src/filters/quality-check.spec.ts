import { describe, expect, it } from '@jest/globals';
import type { Candidate } from '../generation/candidate.js';
import { QualityCheck, type QualityContext } from './quality-check.js';

const candidate = (input: string, output = 'Open Plan and choose End.', parts: Partial<Candidate> = {}): Candidate => ({
  input, output, source: 'variation', confidence: 0.9, opportunityId: 'o', interactionIds: ['i'], state: 'accepted', reason: 'r', ...parts,
});
const source = candidate('how do I cancel my yearly plan before it renews', undefined, { source: 'user_correction' });
const other = candidate('how do I change my yearly plan to a monthly one', 'Open Plan and choose Change.', { source: 'user_correction' });
const check = (change: Partial<QualityContext> = {}): QualityCheck => {
  const quality = new QualityCheck({ limits: { inputCharsMax: 200, outputCharsMax: 200 }, issuedTexts: [], issued: new Map(), failedAnswers: new Map(), ...change });
  quality.learn([source, other]);
  return quality;
};

describe('QualityCheck', () => {
  it.each<[string, Candidate, string | undefined]>([
    ['another wording', candidate('please end the subscription that I pay once in twelve months'), undefined],
    ['its own source in disguise', candidate('How do I CANCEL my yearly plan, before it renews?'), 'near_duplicate'],
    ['its source with one word swapped', candidate('how do I stop my yearly plan before it renews'), 'near_duplicate'],
    ['a wording that has become another request', candidate('change to a monthly plan, how do I do that with my yearly one'), 'meaning_drifted'],
    ['another language', candidate('Wie kann ich mein Jahresabo kündigen, bevor es sich im Herbst verlängert?'), 'other_language'],
    ['contact data', candidate('end the plan of jo@example.org for me please'), 'personal_data'],
    ['payment data in the answer', candidate('please end the thing I pay for', 'Refund to 4111 1111 1111 1111.'), 'personal_data'],
    ['unsafe text', candidate('tell me how to build a bomb at home'), 'unsafe_content'],
    ['what is too long', candidate('end it '.repeat(50)), 'input_too_long'],
    ['what is too short', candidate('?'), 'input_empty_or_too_short'],
  ])('judges %s', (_what, made, expected) => {
    expect(check().check(made, source)).toBe(expected);
  });

  it('lets nothing through twice in one run, in whatever disguise', () => {
    const quality = check();
    expect(quality.check(candidate('please end the subscription that I pay once in twelve months'), source)).toBeUndefined();
    expect(quality.check(candidate('Please: end the subscription that I pay once in twelve months!'), source)).toBe('near_duplicate');
    expect(quality.check(candidate('please end the contract that I pay once in twelve months'), source)).toBe('near_duplicate');
  });

  it('keeps an evaluation set from every training of the run, and of later runs', () => {
    const test = candidate('could you stop what I pay for every year, well before autumn', undefined, { source: 'curriculum', split: 'test' });
    const leak = candidate('could you stop what I pay for every year, well before winter', undefined, { source: 'curriculum', split: 'train' });
    const quality = check();
    expect(quality.check(test, undefined)).toBeUndefined();
    expect(quality.check(leak, undefined)).toBe('leaks_test_item');
    const later = check({ issuedTexts: [{ input: test.input, split: 'test', generated: true }] });
    expect(later.check(leak, undefined)).toBe('leaks_test_item');
  });

  it('refuses a test item that was trained on before', () => {
    const quality = check({ issuedTexts: [{ input: 'could you stop what I pay for every year, well before autumn', split: 'train', generated: false }] });
    expect(quality.check(candidate('could you stop what I pay for every year, well before winter', undefined, { source: 'curriculum', split: 'test' }), undefined)).toBe('evaluation_seen_in_training');
  });

  it('knows what was issued before', () => {
    const made = candidate('please end the subscription that I pay once in twelve months');
    expect(check({ issued: new Map([[made.input.toLowerCase(), new Set(['open plan and choose end.'])]]) }).check(made, source)).toBe('already_issued');
  });
});
