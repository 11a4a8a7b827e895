import { describe, expect, test } from '@jest/globals';
import type { Feedback } from '@ratchet/domain';
import { Scenario } from '../spec-support/scenario.js';
import { QUERIES_KEPT, WAITING_MAX } from './open-conversation.js';

const NO = 'No, that is not what I asked';
const thumb = (interactionId: string): Pick<Feedback, 'name'> & Partial<Feedback> => ({ name: 'thumbs', value: false, interactionId });

describe('limits of open conversations', () => {
  test('texts are kept up to their limit, and read as a whole', () => {
    const scenario = new Scenario({ config: { maxKeptChars: 50 } });
    const request = `where is my parcel ${'with the blue kettle '.repeat(20)}`;
    const reply = `${'It is on its way to you. '.repeat(20)}Sorry, I do not know more.`;
    scenario.ask(request, reply);
    scenario.ask(NO, 'On its way.', { seconds: 40 });
    const failure = scenario.emissions.find(({ type }) => type === 'ratchet.interaction.failed');
    expect(failure?.data).toMatchObject({ query: request.slice(0, 50), response: reply.slice(0, 50) });
    expect(scenario.first().signals).toContainEqual(expect.objectContaining({ name: 'unresolved_request', evidence: expect.objectContaining({ replyWords: 'i do not know' }) }));
  });

  test('of attributes as many are told of a failure as leave room in a record', () => {
    const scenario = new Scenario();
    scenario.ask('where is my parcel', 'I do not know.', { attributes: { small: 1, large: 'x'.repeat(900_000), last: true } });
    scenario.ask(NO, 'On its way.', { seconds: 40 });
    expect(scenario.emissions.find(({ type }) => type === 'ratchet.interaction.failed')?.data).toMatchObject({ attributes: { small: 1 } });
    expect(JSON.stringify(scenario.emissions).length).toBeLessThan(10_000);
  });

  test('4,096 characters are kept where nothing is set', () => {
    const scenario = new Scenario();
    scenario.ask('x'.repeat(4_097), 'y'.repeat(4_096), { output: null });
    scenario.end(60);
    expect(scenario.emissions.find(({ type }) => type === 'ratchet.interaction.failed')?.data).toMatchObject({ query: 'x'.repeat(4_096) });
  });

  test('a conversation is open no longer than its greatest age, however much goes on in it', () => {
    const scenario = new Scenario({ config: { maxConversationMs: 60_000 } });
    for (let seconds = 0; seconds <= 59; seconds += 1) scenario.ask(`question number ${seconds}`, 'Yes.', { seconds });
    expect(scenario.tracker.oldestOpenOffset()).toBe(0n);
    scenario.ask('and one more', 'Yes.', { seconds: 61 });
    expect(scenario.tracker.oldestOpenOffset()).toBe(60n);
    expect(scenario.tracker.drainVitals({ partition: 0, fromOffset: 0n, toOffset: 60n })).toMatchObject([{ requests: 61, outcomes: 60, units: { count: 1, sumN: 60 } }]);
  });

  test('above the number of open conversations the oldest are settled with their groups, each once', () => {
    const scenario = new Scenario({ config: { maxOpenConversations: 10 } });
    for (let i = 0; i < 25; i += 1) {
      scenario.ask('where is my parcel', 'In the box.', { seconds: i, conversationId: `c${i}` });
      expect(scenario.tracker.openConversations).toBeLessThanOrEqual(10);
    }
    const settled = scenario.assessments.map(({ conversationId }) => conversationId);
    expect(new Set(settled).size).toBe(settled.length);
    expect(settled).toHaveLength(25 - scenario.tracker.openConversations);
    // All of the oldest; and of the younger ones those that a cut of their group took along.
    expect(settled).toEqual(expect.arrayContaining(Array.from({ length: 14 }, (_, i) => `c${i}`)));
    expect(scenario.tracker.oldestOpenOffset()).toBeGreaterThanOrEqual(14n);
  });

  test.each([3, 40])('of the interactions of a conversation the last %d can be joined to feedback', (max) => {
    const scenario = new Scenario({ config: { maxInteractionsPerConversation: max } });
    for (let i = 0; i < max + 2; i += 1) scenario.ask(`question number ${i}`, 'Yes.', { seconds: i });
    const modelOf = (interactionId: string): unknown => scenario.feedback(thumb(interactionId), 100)[0]?.data.model;
    // Interactions that are not known wait for theirs to come; known ones are told of at once.
    expect(['i1', 'i2', 'i3', `i${max + 2}`].map(modelOf)).toEqual([undefined, undefined, 'assistant', 'assistant']);
  });

  test('an interaction is recognised when it comes again, in short conversations and in long ones', () => {
    const scenario = new Scenario();
    for (let i = 0; i < 60; i += 1) scenario.ask(`question number ${i}`, 'Yes.', { seconds: i });
    for (const interactionId of ['i1', 'i30', 'i60']) scenario.ask('once more', 'Yes.', { seconds: 61, interactionId });
    expect(scenario.tracker.drainVitals({ partition: 0, fromOffset: 0n, toOffset: 63n })).toMatchObject([{ requests: 60 }]);
  });

  test('feedback that waits for its interaction beyond the limit goes out at once, to be joined by its id', () => {
    const scenario = new Scenario();
    for (let i = 0; i < WAITING_MAX; i += 1) expect(scenario.feedback(thumb(`unknown-${i}`), 1)).toEqual([]);
    expect(scenario.feedback(thumb('one-more'), 1)).toMatchObject([{ data: { interactionId: 'one-more', model: 'unknown', late: true } }]);
    expect(scenario.end(2)).toHaveLength(WAITING_MAX);
  });

  test('a message is compared with the last few of the conversation only', () => {
    const alikeQueries = (between: number): unknown => {
      const scenario = new Scenario();
      const asked = ['where is my blue kettle', 'where is my blue kettle', ...Array.from({ length: between }, (_, i) => `topic${i} matter${i} subject${i}`), 'where is my blue kettle', 'where is my blue kettle now'];
      asked.forEach((query, i) => scenario.ask(query, `Answer ${i}.`, { seconds: 60 * i }));
      return scenario.assessments.at(-1)?.signals.find(({ name }) => name === 'repeated_query')?.evidence['alikeQueries'];
    };
    expect(alikeQueries(0)).toBe(4);
    expect(alikeQueries(QUERIES_KEPT)).toBeUndefined();
  });

  test('assignments beyond the number of routes that are remembered count all the same', () => {
    const scenario = new Scenario();
    for (let i = 0; i < 4_500; i += 1) {
      const version = `v${i % 2_250}`;
      scenario.ask('where is my parcel', 'In the box.', { conversationId: `c${i}`, version, assignment: { rolloutId: 'r', stage: 1, arm: 'candidate', version } });
    }
    const vitals = scenario.tracker.drainVitals({ partition: 0, fromOffset: 0n, toOffset: 4_499n });
    expect(vitals).toHaveLength(2_250);
    expect(vitals.every(({ requests }) => requests === 2)).toBe(true);
  });
});
