import { describe, expect, it } from '@jest/globals';
import { exampleIdOf, type Candidate } from '../generation/candidate.js';
import { reviewRulesSchema, type Reviewable } from './review-rules.js';
import { screenCandidates, SETTLES, type ReviewMemory } from './screen-candidates.js';
import { originsOf, standingOf } from './track-record.js';

const target = { model: 'assistant', workload: 'default' };
const nowMs = Date.parse('2026-01-01T00:00:00Z');
const rulesOf = (differs: object = {}) => reviewRulesSchema.parse(differs);
const candidate = (differs: Partial<Reviewable> = {}): Reviewable => ({
  input: 'how do I open the plan page', output: 'Open Plan.', source: 'correction', confidence: 0.9, opportunityId: 'o1', interactionIds: ['i1'], state: 'accepted', reason: 'the teacher', ...differs,
});
const memoryOf = (differs: Partial<ReviewMemory> = {}): ReviewMemory => ({ approved: [], rejected: [], record: new Map(), firstSeen: new Map(), ...differs });
const screen = (candidates: Reviewable[], { memory = {}, rules = {} }: { memory?: Partial<ReviewMemory>; rules?: object } = {}) =>
  screenCandidates({ target, candidates, memory: memoryOf(memory), rules: rulesOf(rules), nowMs });
const stateOf = (...request: Parameters<typeof screen>): string | undefined => screen(...request).candidates[0]?.state;

describe('what reviewers rejected', () => {
  const rejected = { exampleId: exampleIdOf(target, candidate()), input: candidate().input, output: 'Open Plan.' };
  it.each([
    ['comes again', {}, 'rejected'],
    ['comes in other words', { input: 'please how do I open the plan page' }, 'rejected'],
    ['comes in other words, with the answer spelt differently', { input: 'How can I open the plan page?', output: ' open plan. ' }, 'rejected'],
    ['was another answer', { output: 'Open Settings.' }, undefined],
    ['was about something else', { input: 'who wrote the manual of my boiler' }, undefined],
  ])('that %s', (_, differs, expected) => {
    const given = candidate(differs);
    expect(screen([given], { memory: { rejected: [rejected] } }).decisions.get(exampleIdOf(target, given))).toBe(expected);
  });

  it('makes the same answer for a similar request wait for a person', () => {
    expect(screen([candidate({ input: 'how do I open the billing page' })], { memory: { rejected: [rejected] } }).candidates).toMatchObject([{ state: 'waiting', reason: expect.stringContaining('similar request') }]);
  });

  it('makes the next of the same origin wait for a person, and be believed less', () => {
    expect(stateOf([candidate()])).toBe('accepted');
    const record = new Map([['source:correction', { approved: 0, rejected: 3 }]]);
    const [after] = screen([candidate()], { memory: { record } }).candidates;
    expect(after).toMatchObject({ state: 'waiting', reason: 'the review rule "poor record"' });
    expect(after?.confidence).toBeCloseTo(0.9 * (0.5 / 0.8), 10);
    expect(stateOf([candidate({ source: 'variation' })], { memory: { record } })).toBe('accepted');
  });

  it('counts against the strategy and the instructions that it came from', () => {
    const record = new Map([['strategy:s1', { approved: 0, rejected: 4 }], ['source:correction', { approved: 40, rejected: 1 }]]);
    expect(stateOf([candidate({ strategyId: 's1' })], { memory: { record } })).toBe('waiting');
    expect(stateOf([candidate({ strategyId: 's2' })], { memory: { record } })).toBe('accepted');
  });
});

describe('what reviewers approved', () => {
  const approved: Candidate = { ...candidate({ output: 'Open Bills.', source: 'reviewer', confidence: 1 }), reviewers: ['ann'] };
  it('joins the run, also where nobody proposes it any more', () => {
    const { candidates, decisions } = screen([], { memory: { approved: [approved] } });
    expect(candidates).toEqual([approved]);
    expect([...decisions.values()]).toEqual(['accepted']);
  });

  it('keeps every other answer for the same request out', () => {
    const given = candidate({ input: ' HOW do I open the plan page' });
    expect(screen([given], { memory: { approved: [approved] } }).decisions.get(exampleIdOf(target, given))).toBe('rejected');
  });
});

describe('rules', () => {
  it.each([
    ['accept what fits all conditions', { rules: [{ name: 'r', when: { source: ['correction'], confidence: { from: 0.8 }, scores: { critique: { from: 0.7 } } }, then: 'accept' }] }, { state: 'waiting', scores: { critique: 0.7 } }, 'accepted'],
    ['let what has no such score pass by', { rules: [{ name: 'r', when: { scores: { critique: { below: 1 } } }, then: 'wait' }] }, {}, 'accepted'],
    ['read a range as from, and below', { rules: [{ name: 'r', when: { confidence: { from: 0.5, below: 0.9 } }, then: 'wait' }] }, {}, 'accepted'],
    ['let the first that fits decide', { rules: [{ name: 'a', when: { agreeingUsers: { from: 2 } }, then: 'accept' }, { name: 'b', when: {}, then: 'wait' }] }, { agreeingUsers: 2 }, 'accepted'],
    ['look at what the generation proposes', { rules: [{ name: 'a', when: { proposed: 'accepted' }, then: 'wait' }] }, {}, 'waiting'],
    ['drop', { rules: [{ name: 'a', when: { confidence: { below: 1 } }, then: 'drop' }] }, {}, undefined],
    ['are the shipped ones where none are given', {}, { confidence: 0.4 }, 'waiting'],
  ])('%s', (_, rules, differs, expected) => {
    expect(stateOf([candidate(differs as Partial<Reviewable>)], { rules })).toBe(expected);
  });

  it.each([['a condition that nobody knows', { rules: [{ name: 'a', when: { colour: 'red' }, then: 'wait' }] }], ['an empty range', { rules: [{ name: 'a', when: { confidence: {} }, then: 'wait' }] }], ['an unknown limit', { waitingMax: 3 }]])('refuse %s', (_, rules) => {
    expect(reviewRulesSchema.safeParse(rules).success).toBe(false);
  });

  it('accept nothing without a person before it has settled', () => {
    const id = exampleIdOf(target, candidate());
    const rules = { settleMs: 60_000 };
    expect(screen([candidate()], { rules }).candidates[0]).toMatchObject({ state: 'waiting', reason: SETTLES });
    expect(stateOf([candidate()], { rules, memory: { firstSeen: new Map([[id, nowMs - 59_999]]) } })).toBe('waiting');
    expect(stateOf([candidate()], { rules, memory: { firstSeen: new Map([[id, nowMs - 60_000]]) } })).toBe('accepted');
  });
});

describe('standingOf', () => {
  const { prior } = rulesOf();
  it('is the prior without decisions, falls with rejections, and never rises above what it began with', () => {
    const of = (approved: number, rejected: number) => standingOf(originsOf(candidate()), new Map([['source:correction', { approved, rejected }]]), prior);
    expect(standingOf(originsOf(candidate()), new Map(), prior)).toEqual({ approval: 0.8, factor: 1 });
    expect(of(0, 1).approval).toBeCloseTo(4 / 6, 12);
    expect(of(0, 5).factor).toBeCloseTo(0.4 / 0.8, 12);
    expect(of(100, 0).factor).toBe(1);
  });
});
