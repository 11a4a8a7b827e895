import { describe, expect, it } from '@jest/globals';
import { hashEmbedding } from '@ratchet/embedded-model';
import type { Candidate, SourceFailure } from './candidate.js';
import { confirmedWordings, type ContentRequest } from './confirmed-wordings.js';

const accepted: Candidate = { input: 'how do I cancel my yearly plan', output: 'Open Plan.', source: 'user_correction', confidence: 0.8, opportunityId: 'o', interactionIds: ['f'], agreeingUsers: 3, state: 'accepted', reason: '3 users agree' };
const failure: SourceFailure = { interactionId: 'f', conversationId: 'c', userId: 'ann', query: accepted.input, response: 'No idea.', signals: [], startedAtMs: 0 };
const request = (query: string, parts: Partial<ContentRequest> = {}): ContentRequest => ({ interactionId: `i ${query}`, conversationId: 'd', userId: 'bob', query, response: 'open plan.', confirmedBy: 'thanks', ...parts });
const find = (content: ContentRequest[], perRequest = 3): Candidate[] =>
  confirmedWordings({ content, accepted: [accepted], byId: new Map([['f', failure]]), vectorOf: (text) => hashEmbedding(text), similarityMin: 0.4, perRequest });

describe('confirmedWordings', () => {
  it('takes what another user asked nearly so, and was content with the same answer', () => {
    const [found] = find([request('please cancel my yearly plan')]);
    expect(found).toMatchObject({ input: 'please cancel my yearly plan', output: 'Open Plan.', source: 'conversation', state: 'accepted', interactionIds: ['i please cancel my yearly plan', 'f'] });
    expect(found?.confidence).toBeLessThan(0.8);
  });

  it.each<[string, ContentRequest]>([
    ['the same user', request('please cancel my yearly plan', { userId: 'ann' })],
    ['another answer', request('please cancel my yearly plan', { response: 'See Billing.' })],
    ['another request', request('where is the radiator valve')],
    ['the very request', request('how do I cancel my yearly plan')],
  ])('leaves %s out', (_what, content) => {
    expect(find([content])).toEqual([]);
  });

  it('takes the nearest ones, and no more than asked', () => {
    const many = ['cancel my yearly plan', 'how can I cancel the yearly plan', 'cancel the plan', 'how do I cancel my yearly plan today'].map((query) => request(query));
    expect(find(many, 2).map(({ input }) => input)).toContain('how do I cancel my yearly plan today');
    expect(find(many, 2)).toHaveLength(2);
    expect(find(many, 0)).toEqual([]);
  });
});
