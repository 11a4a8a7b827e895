import { describe, expect, test } from '@jest/globals';
import { namesOf, Scenario } from '../spec-support/scenario.js';

const PARCEL = 'where is my parcel with the blue kettle';
const ANSWER = 'You can return it within thirty days with the label in the box.';

/** What is concluded about a reply when this is what the user says next. */
const afterReply = (next: string, { reply = ANSWER, query = PARCEL, gapSeconds = 30 }: { reply?: string; query?: string; gapSeconds?: number } = {}) => {
  const scenario = new Scenario();
  scenario.ask(query, reply);
  scenario.ask(next, 'Fine.', { seconds: 1 + gapSeconds });
  return scenario.first();
};

const endedAfter = (seconds: number, { reply = ANSWER, taskCompleted }: { reply?: string; taskCompleted?: boolean } = {}) => {
  const scenario = new Scenario();
  scenario.ask(PARCEL, reply);
  scenario.end(1 + seconds, taskCompleted === undefined ? {} : { taskCompleted });
  return scenario.first();
};

describe('what the user says next', () => {
  test.each([
    ['the same request in other words', 'my parcel with the blue kettle, where is it now?', 'reformulation'],
    ['the same request word for word', PARCEL, 'repeated_query'],
    ['a correction', 'No, I meant the parcel, not a return', 'correction'],
    ['a rejection of the answer', "That's not what I asked", 'correction'],
    ['a request for a person', 'this is not helping, get me a human', 'escalation'],
    ['a request for an agent', 'put me through to an agent', 'escalation'],
  ])('%s is a failure of the reply before', (_what, next, name) => {
    const { failed, signals } = afterReply(next);
    expect(signals.map((signal) => signal.name)).toContain(name);
    expect(failed).toBe(true);
  });

  test.each([
    ['thanks', 'thanks, that helps', 'thanks'],
    ['another request', 'can I change my invoice address', 'moved_on'],
  ])('%s is no failure', (_what, next, name) => {
    const { failed, signals } = afterReply(next);
    expect(signals.map((signal) => signal.name)).toContain(name);
    expect(failed).toBe(false);
  });

  test('a reformulation shows both messages and both similarities, so that a person can check it', () => {
    const signal = afterReply('my parcel with the blue kettle, where is it now?').signals.find(({ name }) => name === 'reformulation');
    expect(signal?.evidence).toMatchObject({ query: PARCEL, embedding: 'hashed-512', threshold: 0.4 });
    expect(signal?.evidence['cosine']).toBeGreaterThan(0.4);
    expect(signal?.evidence['wordOverlap']).toBeGreaterThan(0.2);
  });

  test('an answer to a question of the assistant is not taken for another request', () => {
    const { signals } = afterReply('chestnut brown and quite large', { reply: 'Which colour does it have?' });
    expect(signals.map(({ name }) => name)).not.toContain('moved_on');
  });

  test('a correction within seconds is a quick follow-up, a later one is not', () => {
    expect(namesOf(afterReply('no, that is wrong', { gapSeconds: 4 }))).toContain('quick_follow_up');
    expect(namesOf(afterReply('no, that is wrong', { gapSeconds: 16 }))).not.toContain('quick_follow_up');
  });

  test('asking on after a reply that does not know is an unresolved request and clearly failed', () => {
    const assessment = afterReply('my parcel with the blue kettle, where is it now?', { reply: "Sorry, I don't know." });
    expect(namesOf(assessment)).toContain('unresolved_request');
    expect(assessment.estimate.probability).toBeGreaterThan(0.7);
  });

  test('the third of three alike requests makes repeated attempts', () => {
    const scenario = new Scenario();
    scenario.ask('where is my parcel with the kettle', ANSWER);
    scenario.ask('where is the parcel with my kettle please', ANSWER, { seconds: 40 });
    expect(namesOf(scenario.first())).not.toContain('repeated_query');
    scenario.ask('my parcel with the kettle where is it', ANSWER, { seconds: 80 });
    expect(scenario.assessments[1]?.signals).toContainEqual(expect.objectContaining({ name: 'repeated_query', evidence: expect.objectContaining({ alikeQueries: 3 }) }));
  });

  test('"thank you, no" is not a correction', () => {
    expect(namesOf(afterReply('no thank you'))).not.toContain('correction');
  });
});

describe('how the conversation ends', () => {
  test('a quiet end after a normal answer is no failure', () => {
    expect(endedAfter(45)).toMatchObject({ failed: false, signals: [] });
  });

  test('leaving at once is weak evidence: nearly a failure after a normal answer, one after a reply that does not know', () => {
    const normal = endedAfter(3);
    expect(namesOf(normal)).toEqual(['quick_abandonment']);
    expect(normal.failed).toBe(false);
    expect(normal.estimate.probability).toBeGreaterThan(1.5 * endedAfter(45).estimate.probability);
    expect(endedAfter(3, { reply: 'I am not sure, sorry.' }).failed).toBe(true);
  });

  test('29 seconds still are a quick abandonment and 30 are not, as in the article', () => {
    expect(namesOf(endedAfter(29))).toContain('quick_abandonment');
    expect(namesOf(endedAfter(30))).not.toContain('quick_abandonment');
  });

  test('leaving sooner weighs more', () => {
    const strength = (seconds: number): number => endedAfter(seconds).signals[0]?.strength ?? 0;
    expect(strength(2)).toBeGreaterThan(strength(20));
  });

  test('a completed task is a success however fast the user left', () => {
    expect(endedAfter(1, { taskCompleted: true })).toMatchObject({ failed: false, signals: [expect.objectContaining({ name: 'task_completed' })] });
  });

  test('a task that the product calls not completed is an abandoned session', () => {
    expect(namesOf(endedAfter(60, { taskCompleted: false }))).toContain('session_abandonment');
    expect(endedAfter(60, { taskCompleted: false }).failed).toBe(true);
  });

  test('leaving for good after having had to ask again is an abandoned session', () => {
    const scenario = new Scenario();
    scenario.ask(PARCEL, ANSWER);
    scenario.ask('no, I meant my parcel', ANSWER, { seconds: 40 });
    scenario.clock(1_000);
    expect(namesOf(scenario.assessments[1] ?? { signals: [] })).toContain('session_abandonment');
  });
});

describe('replies and requests themselves', () => {
  test('an error is a failure by itself', () => {
    const scenario = new Scenario();
    scenario.ask(PARCEL, null, { error: { type: 'timeout', message: 'no answer in 30 s' } });
    scenario.end(40);
    expect(scenario.first()).toMatchObject({ failed: true, signals: [expect.objectContaining({ name: 'error', evidence: { type: 'timeout', message: 'no answer in 30 s' } })] });
  });

  test('a fallback is a failure of the version that was to answer', () => {
    const scenario = new Scenario();
    scenario.ask(PARCEL, ANSWER, { assignment: { rolloutId: 'r1', stage: 1, arm: 'candidate', version: 'v2', fellBack: true } });
    scenario.end(60);
    expect(scenario.first().failed).toBe(true);
    const [vitals] = scenario.tracker.drainVitals({ partition: 0, fromOffset: 0n, toOffset: 1n });
    expect(vitals).toMatchObject({ version: 'v2', arm: 'candidate', fellBack: 1, errors: 0, failures: 1 });
  });

  test('the same reply to another question is a repetition', () => {
    const scenario = new Scenario();
    scenario.ask(PARCEL, ANSWER);
    const emitted = scenario.ask('can I change my invoice address', ANSWER, { seconds: 60 });
    expect(emitted.map(({ data }) => ('name' in data ? data.name : ''))).toContain('system_repetition');
  });
});

describe('explicit feedback', () => {
  const judged = (feedback: Parameters<Scenario['feedback']>[0], next?: string) => {
    const scenario = new Scenario();
    scenario.ask(PARCEL, ANSWER);
    scenario.feedback(feedback, 20);
    if (next !== undefined) scenario.ask(next, ANSWER, { seconds: 30 });
    scenario.end(60);
    return { assessment: scenario.first(), scenario };
  };

  test.each([
    ['a thumb down', { name: 'thumbs', value: false }, 'thumbs_down', true],
    ['a thumb up', { name: 'thumbs', value: 'up' }, 'thumbs_up', false],
    ['one star', { name: 'rating', value: 1 }, 'low_rating', true],
    ['one bad category among good ones', { name: 'rating', ratings: { accuracy: 1, clarity: 5 } }, 'low_rating', true],
    ['five stars', { name: 'rating', value: 5 }, 'high_rating', false],
    ['a corrected answer', { name: 'correction', correction: 'It comes on Friday.' }, 'user_correction', true],
    ['a ticked reason', { name: 'comment', reasons: ['incorrect' as const] }, 'negative_comment', true],
    ['a bad comment', { name: 'comment', comment: 'This is useless.' }, 'negative_comment', true],
  ])('%s decides', (_what, feedback, name, failed) => {
    const { assessment } = judged(feedback);
    expect(namesOf(assessment)).toContain(name);
    expect(assessment.failed).toBe(failed);
  });

  test('three stars and a friendly comment say nothing', () => {
    expect(namesOf(judged({ name: 'rating', value: 3 }).assessment)).toEqual([]);
    expect(namesOf(judged({ name: 'comment', comment: 'Great, thanks!' }).assessment)).toEqual([]);
  });

  test('a thumb up outranks all that the next message suggests, and a thumb down outranks thanks', () => {
    expect(judged({ name: 'thumbs', value: true }, "no, that's not what I asked, get me a human").assessment.failed).toBe(false);
    expect(judged({ name: 'thumbs', value: false }, 'thanks, great').assessment.failed).toBe(true);
  });

  test('the failure carries the correction that the user wrote', () => {
    const { scenario } = judged({ name: 'correction', correction: 'It comes on Friday.' });
    expect(scenario.emissions).toContainEqual(expect.objectContaining({ type: 'ratchet.interaction.failed', data: expect.objectContaining({ correction: 'It comes on Friday.', query: PARCEL, response: ANSWER }) }));
  });
});
