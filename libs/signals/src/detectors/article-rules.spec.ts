import { describe, expect, test } from '@jest/globals';
import { signalsConfigSchema } from '../config.js';
import { Scenario } from '../spec-support/scenario.js';
import type { TextEmbedding } from '../text/text-profile.js';

/** Texts whose cosine is told by the numbers in them: the angle between two is the difference of their degrees. */
const byDegrees: TextEmbedding = {
  name: 'some-sentence-model',
  embed: (text) => {
    const angle = (Number(/\d+/u.exec(text)?.[0]) * Math.PI) / 180;
    return Float32Array.of(Math.cos(angle), Math.sin(angle));
  },
};
const ANSWER = 'The page of the order has it.';

const signalIn = (scenario: Scenario, name: string) => scenario.assessments.flatMap(({ signals }) => signals).find((signal) => signal.name === name);

describe('the thresholds of similarity', () => {
  test('are 0.8 for a sentence embedding, and what was measured for hashed n-grams', () => {
    expect(signalsConfigSchema.parse({ similarity: { embedding: 'some-sentence-model' } }).similarity).toEqual({ embedding: 'some-sentence-model', cosine: 0.8, overlap: 0 });
    expect(signalsConfigSchema.parse({}).similarity).toEqual({ embedding: 'hashed-512', cosine: 0.4, overlap: 0.2 });
  });

  test('can be set, and stay when a configuration is read twice', () => {
    const once = signalsConfigSchema.parse({ similarity: { embedding: 'some-sentence-model', cosine: 0.66 } });
    expect(once.similarity).toEqual({ embedding: 'some-sentence-model', cosine: 0.66, overlap: 0 });
    expect(signalsConfigSchema.parse(once)).toEqual(once);
  });
});

describe('reformulation: similarity above 0.8, and not the same text', () => {
  const asked = (next: string): Scenario => {
    const scenario = new Scenario({ embedding: byDegrees, config: { similarity: { embedding: byDegrees.name } } });
    scenario.ask('order 10', ANSWER);
    scenario.ask(next, ANSWER, { seconds: 60 });
    return scenario;
  };

  test.each([
    ['parcel 46', Math.cos((36 * Math.PI) / 180), true],
    ['parcel 47', Math.cos((37 * Math.PI) / 180), false],
  ])('%s has cosine %d', (next, cosine, is) => {
    const signal = signalIn(asked(next), 'reformulation');
    expect(signal !== undefined).toBe(is);
    if (signal !== undefined) expect(signal.evidence).toMatchObject({ embedding: 'some-sentence-model', threshold: 0.8, cosine: Math.round(cosine * 100) / 100 });
  });

  test('the same text is none', () => {
    expect(signalIn(asked('order 10'), 'reformulation')).toBeUndefined();
  });
});

describe('quick_abandonment: a session under 30 seconds, and the task not completed', () => {
  const session = (seconds: number, taskCompleted?: boolean): Scenario => {
    const scenario = new Scenario();
    scenario.ask('where is my parcel', ANSWER);
    scenario.end(seconds, taskCompleted === undefined ? {} : { taskCompleted });
    return scenario;
  };

  test.each([
    [29, undefined, true],
    [29, false, true],
    [29, true, false],
    [31.5, undefined, false],
  ])('a session of %d s, task completed: %s', (seconds, taskCompleted, is) => {
    const signal = signalIn(session(seconds, taskCompleted), 'quick_abandonment');
    expect(signal !== undefined).toBe(is);
    if (signal !== undefined) expect(signal.evidence).toMatchObject({ conversationSeconds: seconds, thresholdSeconds: 30, shortSession: true, taskCompleted: false });
  });
});

describe('repeated_attempts: more than 2 similar queries in a session', () => {
  const queries = ['where is my parcel with the kettle', 'where is the parcel with my kettle please', 'my parcel with the kettle where is it', 'thanks'];

  test.each([
    [2, false],
    [3, true],
  ])('%d similar queries', (count, is) => {
    const scenario = new Scenario();
    [...queries.slice(0, count), 'thanks'].forEach((query, i) => scenario.ask(query, ANSWER, { seconds: 60 * i }));
    const signal = signalIn(scenario, 'repeated_query');
    expect(signal !== undefined).toBe(is);
    if (signal !== undefined) expect(signal.evidence).toMatchObject({ rule: 'repeated_attempts', alikeQueries: count, threshold: 2 });
  });
});
