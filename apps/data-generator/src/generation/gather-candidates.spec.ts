import { describe, expect, it } from '@jest/globals';
import { hashEmbedding } from '@ratchet/embedded-model';
import { usersByAnswer } from './agreement.js';
import { isCorrected, type SourceFailure } from './candidate.js';
import { canonicalAnswers } from './canonical-answers.js';
import { gatherCandidates, type GatherRules } from './gather-candidates.js';

const rules: GatherRules = { mode: 'agreement', agreeingUsersMin: 3, agreementMin: 0.6, similarityMin: 0.4, neighbourSimilarityMin: 0.4 };
const failure = (interactionId: string, query: string, parts: Partial<SourceFailure> = {}): SourceFailure => ({ interactionId, conversationId: `c-${interactionId}`, userId: `u-${interactionId}`, query, response: 'No idea.', signals: [], startedAtMs: 100_000, ...parts });
const failures = [
  failure('1', 'how do I cancel my yearly plan', { correction: 'open plan and choose end.' }),
  failure('2', 'how can I cancel my monthly plan', { correction: 'Open Plan and choose End.' }),
  failure('3', 'please cancel my plan', { correction: 'Open Plan and choose End.', conversationId: 'shared' }),
  failure('4', 'make it stop', { conversationId: 'shared', signals: ['reformulation'], startedAtMs: 50_000 }),
  failure('5', 'how do I cancel my plan'),
  failure('6', 'the radiator is cold'),
];
const gather = (change: Partial<GatherRules> = {}): ReturnType<typeof gatherCandidates> =>
  gatherCandidates({
    opportunityId: 'o', failures, users: usersByAnswer(failures.filter(isCorrected)), vectorOf: ({ query }) => hashEmbedding(query),
    canonical: canonicalAnswers({ issued: [], responses: [], corrections: failures.flatMap(({ correction }) => correction ?? []) }), rules: { ...rules, ...change },
  });

describe('gatherCandidates', () => {
  it('learns from corrections, from the wording before one, and spreads them to a near request', () => {
    const found = gather();
    expect(found.map(({ input, source }) => [input, source])).toEqual([
      ['how do I cancel my yearly plan', 'user_correction'],
      ['how can I cancel my monthly plan', 'user_correction'],
      ['please cancel my plan', 'user_correction'],
      ['make it stop', 'conversation'],
      ['how do I cancel my plan', 'conversation'],
    ]);
    expect(found.every(({ state, output }) => state === 'accepted' && output === 'Open Plan and choose End.')).toBe(true);
  });

  it('trusts derived examples less than the corrections that they come from', () => {
    const [direct, , , reworded, spread] = gather();
    expect(reworded?.confidence).toBeLessThan(direct?.confidence ?? 0);
    expect(spread?.confidence).toBeLessThan(direct?.confidence ?? 0);
  });

  it('spreads nothing when that is switched off, and lets derived ones wait with their correction', () => {
    expect(gather({ neighbourSimilarityMin: undefined }).map(({ input }) => input)).not.toContain('how do I cancel my plan');
    expect(gather({ agreeingUsersMin: 4 }).every(({ state }) => state === 'waiting')).toBe(true);
    expect(gather({ agreeingUsersMin: 4 })).toHaveLength(4);
  });
});

describe('canonicalAnswers', () => {
  it('spells an answer as issued before, else as the model does, else as most users do', () => {
    const corrections = ['open plan', 'Open plan', 'Open plan', 'see billing', 'ask jo'];
    const canonical = canonicalAnswers({ issued: ['ASK JO'], responses: ['See Billing', 'Ask Jo'], corrections });
    expect(['OPEN PLAN', 'SEE BILLING', 'ask jo', ' New '].map(canonical)).toEqual(['Open plan', 'See Billing', 'ASK JO', 'New']);
  });
});
