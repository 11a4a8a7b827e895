import { describe, expect, it } from '@jest/globals';
import { InMemoryTeacherClient } from '@ratchet/providers';
import { teachOpportunity } from './teach-opportunity.js';
import { Teacher, type TeacherResults } from './teacher.js';
import type { SourceFailure } from '../generation/candidate.js';

class KeptResults implements TeacherResults {
  readonly kept = new Map<string, unknown>();
  async read(contentHash: string): Promise<unknown> {
    return this.kept.get(contentHash);
  }
  async write({ contentHash, value }: { contentHash: string; value: unknown }): Promise<void> {
    this.kept.set(contentHash, value);
  }
}

const clientWith = (confidence: number, answer = 'Open Plan.'): InMemoryTeacherClient =>
  new InMemoryTeacherClient(({ schemaName }) => (schemaName === 'correction' ? { answer, confidence } : { requests: ['stop it', 'end the thing', 'no more plan', 'one too many'] }));
const failure: SourceFailure = { interactionId: 'i1', conversationId: 'c', query: 'cancel my plan', response: 'No idea.', signals: [], startedAtMs: 0 };
const teach = (teacher: Teacher, accepted: [string, { answer: string; confidence: number }][] = []): ReturnType<typeof teachOpportunity> =>
  teachOpportunity({ teacher, opportunityId: 'o', representatives: [failure], rootCauseReason: 'replies say that they do not know', acceptedAnswers: new Map(accepted), rules: { variationsPerExample: 3, confidenceMin: 0.7 } });

describe('teachOpportunity', () => {
  it('makes a correction and as many variations as configured, with the same answer', async () => {
    const candidates = await teach(new Teacher(clientWith(0.9), new KeptResults(), { callsMax: 10 }));
    expect(candidates.map(({ source, output, state }) => [source, output, state])).toEqual([['correction', 'Open Plan.', 'accepted'], ...Array(3).fill(['variation', 'Open Plan.', 'accepted'])]);
    expect(candidates[1]?.confidence).toBeLessThan(candidates[0]?.confidence ?? 0);
  });

  it('lets an unsure correction wait, and pays for no variation of it', async () => {
    const client = clientWith(0.5);
    const candidates = await teach(new Teacher(client, new KeptResults(), { callsMax: 10 }));
    expect(candidates.map(({ source, state }) => [source, state])).toEqual([['correction', 'waiting']]);
    expect(client.requests).toHaveLength(1);
  });

  it('believes people before the teacher, and only has their answer varied', async () => {
    const client = clientWith(0.9, 'Something else.');
    const candidates = await teach(new Teacher(client, new KeptResults(), { callsMax: 10 }), [['i1', { answer: 'From people.', confidence: 0.8 }]]);
    expect(candidates.map(({ source, output }) => [source, output])).toEqual(Array(3).fill(['variation', 'From people.']));
    expect(client.requests.map(({ schemaName }) => schemaName)).toEqual(['variations']);
  });
});

describe('Teacher', () => {
  it('asks nothing twice, also in another run', async () => {
    const results = new KeptResults();
    await teach(new Teacher(clientWith(0.9), results, { callsMax: 10 }));
    const again = clientWith(0.1);
    const candidates = await teach(new Teacher(again, results, { callsMax: 10 }));
    expect(again.requests).toHaveLength(0);
    expect(candidates).toHaveLength(4);
  });

  it('stops where the calls of a run are used up', async () => {
    const candidates = await teach(new Teacher(clientWith(0.9), new KeptResults(), { callsMax: 1 }));
    expect(candidates.map(({ source }) => source)).toEqual(['correction']);
    expect(await new Teacher(clientWith(0.9), new KeptResults(), { callsMax: 0 }).correct({ query: 'q', response: 'r', feedback: '' })).toBeUndefined();
  });

  it('trusts an answer less that hedges', async () => {
    const teacher = new Teacher(clientWith(1, 'I am not sure, perhaps Plan.'), new KeptResults(), { callsMax: 1 });
    expect((await teacher.correct({ query: 'q', response: 'r', feedback: '' }))?.confidence).toBeLessThan(0.5);
  });
});
