import { describe, expect, test } from '@jest/globals';
import { signalsConfigSchema } from '../config.js';
import { HASHED_EMBEDDING, similarityOf } from './similarity.js';
import { profileOf } from './text-profile.js';
import { wordHash } from './word-scanner.js';

const config = signalsConfigSchema.parse({});
const alike = (a: string, b: string): number => similarityOf(profileOf(a, 'user'), profileOf(b, 'user'), { config, embedding: HASHED_EMBEDDING }).strength;

describe('profileOf', () => {
  test('counts words, marks and a closing question, whatever the apostrophe', () => {
    expect(profileOf("Don’t you know?! It's late...", 'user')).toMatchObject({ wordCount: 5, questionMarks: 1, exclamationMarks: 1, endsWithQuestion: false });
    expect(profileOf('Which one?', 'reply').endsWithQuestion).toBe(true);
  });

  test('keeps stems of content words only', () => {
    const { content } = profileOf('The parcels were tracked while tracking my parcel', 'user');
    expect(content).toEqual([wordHash('parcel'), wordHash('track'), wordHash('while')].sort((a, b) => a - b));
  });

  test.each([
    ['Well, no, that is another one', 'no_first', 'no'],
    ["that's NOT what I asked!", 'correction', 'not what i asked'],
    ['can i speak to a person please', 'escalation', 'speak to a person'],
    ['never mind', 'give_up', 'never mind'],
    ['thx', 'thanks', 'thx'],
  ])('%s shows %s', (text, cue, words) => {
    expect(profileOf(text, 'user').cues.words).toMatchObject({ [cue]: words });
  });

  test('finds no cue in the middle of a word, and no first word further on', () => {
    expect(profileOf('the thanksgiving piano', 'user').cues.counts).toEqual({});
    expect(profileOf('there is no time', 'user').cues.counts.no_first).toBeUndefined();
  });

  test('reads the end of a long text too', () => {
    expect(profileOf(`${'word '.repeat(5_000)} sorry, I do not know`, 'reply').cues.counts.does_not_know).toBe(1);
  });
});

describe('similarityOf', () => {
  test('a rewrite is alike, another question on the same topic is not', () => {
    expect(alike('how do I return my broken kettle', 'I want to return a broken kettle, how?')).toBeGreaterThan(0.5);
    expect(alike('how do I return my broken kettle', 'does the kettle come in blue')).toBe(0);
  });

  test('works for scripts without spaces', () => {
    expect(alike('我的包裹在哪里啊请告诉我', '我的包裹在哪里啊请告诉我吧')).toBeGreaterThan(0.5);
    expect(alike('我的包裹在哪里', '如何更改密码')).toBe(0);
  });

  test('the same text is fully alike', () => {
    expect(alike('where is my parcel', 'where is my parcel')).toBeCloseTo(1, 6);
  });
});
