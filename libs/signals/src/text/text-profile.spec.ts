import { describe, expect, test } from '@jest/globals';
import { signalsConfigSchema } from '../config.js';
import { hasCue, NO_HITS, withBitsOnly, wordsOfCue } from '../cues/cue-matcher.js';
import { HASHED_EMBEDDING, MessageComparer } from './similarity.js';
import { countShared, overlapOf, sizeOf, stemsOf } from './stem-set.js';
import { hasMark, Mark, profileOf } from './text-profile.js';
import { wordHash } from './word-scanner.js';

const comparer = new MessageComparer({ config: signalsConfigSchema.parse({}), embedding: HASHED_EMBEDDING });
const alike = (a: string, b: string): number => comparer.similarity(profileOf(a, 'user'), profileOf(b, 'user')).strength;

describe('profileOf', () => {
  test('counts words, marks and a closing question, whatever the apostrophe', () => {
    expect(profileOf("Don’t you know?! It's late...", 'user')).toMatchObject({ wordCount: 5, marks: Mark.asks | Mark.exclaims });
    expect(hasMark(profileOf('Which one?', 'reply'), 'endsWithQuestion')).toBe(true);
    expect(hasMark(profileOf('Which? This or that?', 'reply'), 'asksTwice')).toBe(true);
    expect(hasMark(profileOf('café', 'reply'), 'beyondAscii')).toBe(true);
  });

  test('keeps stems of content words only', () => {
    const { content } = profileOf('The parcels were tracked while tracking my parcel', 'user');
    expect(stemsOf(content)).toEqual([wordHash('parcel'), wordHash('track'), wordHash('while')].sort((a, b) => a - b));
  });

  test.each([
    ['Well, no, that is another one', 'no_first', 'no'],
    ["that's NOT what I asked!", 'correction', 'not what i asked'],
    ['can i speak to a person please', 'escalation', 'speak to a person'],
    ['never mind', 'give_up', 'never mind'],
    ['thx', 'thanks', 'thx'],
  ] as const)('%s shows %s', (text, cue, words) => {
    expect(wordsOfCue(profileOf(text, 'user').cues, cue)).toBe(words);
  });

  test('finds no cue in the middle of a word, and no first word further on', () => {
    expect(profileOf('the thanksgiving piano', 'user').cues).toBe(NO_HITS);
    expect(hasCue(profileOf('there is no time', 'user').cues, 'no_first')).toBe(false);
    expect(hasCue(profileOf('there is no time', 'user').cues, 'negation')).toBe(true);
  });

  test('counts every word of negation, and keeps which cues there were without their words', () => {
    const { cues } = profileOf('no, not that, no', 'user');
    expect(cues.negations).toBe(3);
    const kept = withBitsOnly(cues);
    expect([hasCue(kept, 'no_first'), wordsOfCue(kept, 'no_first')]).toEqual([true, undefined]);
    expect(withBitsOnly(profileOf('No! Not that, no', 'user').cues)).toBe(kept);
  });

  test.each([
    ['abcdef', 4, 'abcd'],
    ['abcd', 4, 'abcd'],
    ['abc😀def', 4, 'abc'],
    ['abc😀def', 5, 'abc😀'],
    ['a\ud800bcd', 3, 'a\ud800b'],
  ])('keeps of %j %d characters, none of them halved', (text, keptChars, kept) => {
    expect(profileOf(text, 'user', { keptChars }).text).toBe(kept);
  });

  test('reads a text that it keeps a part of as a whole', () => {
    const profile = profileOf(`where is my parcel ${'and so on '.repeat(50)} never mind?`, 'user', { keptChars: 20 });
    expect(profile).toMatchObject({ text: 'where is my parcel a', marks: Mark.asks | Mark.endsWithQuestion });
    expect(wordsOfCue(profile.cues, 'give_up')).toBe('never mind');
  });

  test('reads the end of a long text too', () => {
    expect(hasCue(profileOf(`${'word '.repeat(5_000)} sorry, I do not know`, 'reply').cues, 'does_not_know')).toBe(true);
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

describe('MessageComparer with sentence embeddings', () => {
  const vectors: Record<string, Float32Array> = { 'how do I pay': Float32Array.of(1, 0), 'settling a bill': Float32Array.of(0.9, 0.4), 'opening hours': Float32Array.of(0, 1) };
  const sentences = new MessageComparer({ config: signalsConfigSchema.parse({ similarity: { embedding: 'wire/small', cosine: 0.8 } }), embedding: { name: 'wire/small', embed: (text) => vectors[text] } });
  const compare = (a: string, b: string) => sentences.similarity(profileOf(a, 'user'), profileOf(b, 'user'));

  test('finds what is alike without a word in common, at the threshold of that embedding', () => {
    expect(compare('how do I pay', 'settling a bill')).toMatchObject({ strength: expect.closeTo(0.784, 2), by: { embedding: 'wire/small', cosine: 0.8 } });
    expect(compare('how do I pay', 'opening hours').strength).toBe(0);
  });

  test('goes by words, and says so, where a text has no vector', () => {
    expect(compare('how do I return my broken kettle', 'I want to return a broken kettle, how?')).toMatchObject({ strength: expect.any(Number), by: { embedding: 'hashed-512', cosine: 0.4 } });
    expect(compare('how do I return my broken kettle', 'I want to return a broken kettle, how?').strength).toBeGreaterThan(0.5);
    expect(compare('how do I pay', 'how do I pay with a card').strength).toBe(alike('how do I pay', 'how do I pay with a card'));
  });
});

describe('sets of stems', () => {
  const setOf = (text: string): string => profileOf(text, 'user').content;

  test('count what they share, whatever the order of the words', () => {
    const [a, b] = [setOf('red kettle parcel invoice'), setOf('invoice lamp kettle kettles')];
    expect([sizeOf(a), sizeOf(b), countShared(a, b)]).toEqual([4, 3, 2]);
    expect(overlapOf(a, b)).toBe(2 / 5);
    expect(overlapOf(a, a)).toBe(1);
    expect(overlapOf(setOf(''), setOf('the'))).toBe(0);
  });

  test.each([
    ['KETTLES', 'kettle'], ['walking', 'walk'], ["walk'ing", 'walk'], ['Ordered', 'order'], ["it’s", 'its'], ['naïves', 'naïve'],
  ])('take %s for %s', (word, stem) => {
    expect(setOf(`grün ${word}`)).toBe(setOf(`grün ${stem}`));
  });

  test.each([['glass', 'glas'], ['bring', 'b'], ['red', 'r'], ['bus', 'bu'], ['need', 'ne'], ['song', 's'], ['ending', 'endin']])('leave %s as it is', (word, other) => {
    expect(setOf(`grün ${word}`)).not.toBe(setOf(`grün ${other}`));
  });

  test('hold the words of a long text, each once, in order', () => {
    const words = Array.from({ length: 900 }, (_, i) => `w${i % 300}x`);
    const stems = stemsOf(setOf(words.join(' ')));
    expect(stems).toEqual([...new Set(stems)].sort((a, b) => a - b));
    expect(stems.length).toBeGreaterThan(200);
  });
});
