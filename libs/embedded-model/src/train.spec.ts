import { describe, expect, it } from '@jest/globals';
import { encodeCheckpoint } from './checkpoint-codec.js';
import type { Checkpoint } from './checkpoint.js';
import { EmbeddedModel } from './embedded-model.js';
import { type Recipe, recipes, SMALL_SET_EPOCHS } from './recipe.js';
import { train } from './train.js';
import type { TrainingExample } from './training-example.js';

const things = ['card', 'order', 'parcel', 'invoice', 'account', 'phone', 'ticket', 'booking', 'refund', 'voucher', 'router', 'battery'];
const phrasings = [
  'where is my THING',
  'I cannot find my THING',
  'please tell me about my THING',
  'what happened to the THING I asked for',
  'my THING has a problem',
  'can you check the THING for me',
  'I need help with a THING',
  'the THING does not work',
  'how long until the THING is ready',
  'is there any news of the THING',
  'somebody should look at my THING',
  'THING question for you',
];

/** Twelve questions about one thing; its answer is known by name. */
const about = (thing: string, extra: Partial<TrainingExample> = {}): TrainingExample[] =>
  phrasings.map((phrasing) => ({ input: phrasing.replace('THING', thing), output: `About your ${thing}.`, category: thing, ...extra }));

const unseen = (thing: string): string[] => [`hello, what about the ${thing}`, `${thing} please`, `any idea where the ${thing} went`, `I want to talk about my ${thing} now`];

function accuracy(checkpoint: Checkpoint, names: readonly string[]): number {
  const model = new EmbeddedModel(checkpoint);
  const right = names.flatMap((thing) => unseen(thing).map((text) => model.predict(text).output === `About your ${thing}.`));
  return right.filter(Boolean).length / right.length;
}

const known = things.slice(0, 8);
const base = train({ examples: known.flatMap((thing) => about(thing)), seed: 3 });
const update = (recipe: Recipe, extra: object = {}): Checkpoint => train({ base, examples: things.slice(8).flatMap((thing) => about(thing)), recipe, seed: 3, ...extra });

describe('train', () => {
  it('answers wordings that it was not taught', () => {
    expect(accuracy(base, known)).toBeGreaterThanOrEqual(0.95);
  });

  it('makes the same bytes from the same inputs, and others from another seed', () => {
    const again = train({ examples: known.flatMap((thing) => about(thing)), seed: 3 });
    expect(encodeCheckpoint(again).contentHash).toBe(encodeCheckpoint(base).contentHash);
    expect(encodeCheckpoint(again).weights.equals(encodeCheckpoint(base).weights)).toBe(true);
    const other = train({ examples: known.flatMap((thing) => about(thing)), seed: 4 });
    expect(encodeCheckpoint(other).contentHash).not.toBe(encodeCheckpoint(base).contentHash);
  });

  it.each(['gentle', 'fast'] as const)('learns new answers and keeps the old ones: %s', (name) => {
    const updated = update(recipes[name]);
    expect(accuracy(base, things.slice(8))).toBe(0);
    expect(accuracy(updated, things.slice(8))).toBeGreaterThanOrEqual(0.75);
    expect(accuracy(updated, known)).toBeGreaterThanOrEqual(0.95);
  });

  it('forgets without replay and penalty what it keeps with them', () => {
    // New answers whose questions name old things too: without a reminder the old names are taken over.
    const overlapping = things.slice(8).flatMap((thing, i) => about(thing).map((example) => ({ ...example, input: `${example.input} and the ${known[i]}` })));
    const overlapped = (recipe: Recipe): number => accuracy(train({ base, examples: overlapping, recipe, seed: 3 }), known.slice(0, 4));
    const naive = { ...recipes.fast, knownClassRate: 1, retentionRatio: 0, ewcLambda: 0, logitAdjustment: false };
    expect(overlapped(recipes.fast)).toBeGreaterThanOrEqual(0.9);
    expect(overlapped(naive)).toBeLessThan(overlapped(recipes.fast) - 0.2);
  });

  it('moves known weights less at a lower rate, and under a stiffer penalty', () => {
    const moved = (recipe: Recipe): number => {
      const { head } = update(recipe);
      let sum = 0;
      for (let slot = 0; slot < head.slots; slot += 1) {
        for (let c = 0; c < known.length; c += 1) sum += Math.abs((head.weights[slot * head.stride + c] as number) - (base.head.weights[slot * base.head.stride + c] as number));
      }
      return sum;
    };
    expect(moved(recipes.article)).toBeLessThan(moved({ ...recipes.article, knownClassRate: 1 }));
    expect(moved(recipes.article)).toBeLessThan(moved({ ...recipes.article, ewcLambda: 0 }));
    expect(moved(recipes.gentle)).toBeLessThan(moved(recipes.fast));
  });

  it('leaves the base as it was', () => {
    const before = encodeCheckpoint(base).contentHash;
    update(recipes.fast);
    expect(encodeCheckpoint(base).contentHash).toBe(before);
  });

  it('corrects an answer: the old one is not replayed against it', () => {
    const examples = about('card').map((example) => ({ ...example, output: 'Ask at the counter.' }));
    const corrected = train({ base, examples, seed: 3 });
    const texts = new Set(examples.map(({ input }) => input));
    const contradictions = corrected.replay.entries().filter(({ text, classIndex }) => texts.has(text) && corrected.classes[classIndex]?.answer !== 'Ask at the counter.');
    expect(contradictions).toEqual([]);
    expect(new EmbeddedModel(corrected).predict('where is my card').output).toBe('Ask at the counter.');
  });

  it('uses a given retention set for its classes and its own memory for the others', () => {
    const updated = update(recipes.gentle, { retention: about('card') });
    expect(accuracy(updated, known)).toBeGreaterThanOrEqual(0.95);
    expect(updated.provenance.retentionHash).toMatch(/^[0-9a-f]{64}$/u);
  });

  it('retrains in full from zero with what it remembers', () => {
    const updated = update(recipes.full);
    expect(accuracy(updated, things)).toBeGreaterThanOrEqual(0.9);
    expect(updated.classes.slice(0, known.length).map(({ id }) => id)).toEqual(base.classes.map(({ id }) => id));
  });

  it('takes easy examples before hard ones when asked for a curriculum', () => {
    const examples = [...about('card', { difficulty: 'hard' }), ...about('order', { difficulty: 'easy' })];
    const plain = train({ examples, seed: 3 });
    const ordered = train({ examples, seed: 3, curriculum: true });
    expect(encodeCheckpoint(ordered).weights.equals(encodeCheckpoint(plain).weights)).toBe(false);
    expect(accuracy(ordered, ['card', 'order'])).toBe(1);
  });

  it('reports every epoch with its loss falling', () => {
    const losses: number[] = [];
    train({ examples: known.flatMap((thing) => about(thing)), onEpoch: ({ loss }) => losses.push(loss) });
    // Ninety-six examples are few, so they are gone through as often as small sets may be.
    expect(losses).toHaveLength(SMALL_SET_EPOCHS);
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
  });

  it('refuses what cannot be trained, and says what to do', () => {
    expect(() => train({ examples: [] })).toThrow(/no examples/u);
    expect(() => train({ examples: about('card'), recipe: recipes.gentle })).toThrow(/name a base/u);
    expect(() => train({ examples: about('card'), recipe: { ...recipes.scratch, epochs: 0 } })).toThrow(/epochs must be/u);
    expect(() => train({ examples: about('card'), recipe: { ...recipes.scratch, learningRate: Number.NaN } })).toThrow(/learningRate/u);
  });
});

describe('EmbeddedModel', () => {
  it('abstains on what it never saw, and says the fallback then', () => {
    const model = new EmbeddedModel(base);
    const { text, prediction } = model.reply('qwx zzkj vvu');
    expect(prediction.abstained).toBe(true);
    expect(text).toBe(base.fallbackAnswer);
    expect(prediction.output).toMatch(/^About your /u);
    expect(model.reply('where is my card')).toMatchObject({ text: 'About your card.', prediction: { abstained: false, category: 'card' } });
  });

  it('lets known wordings through', () => {
    const model = new EmbeddedModel(base);
    const flagged = known.flatMap((thing) => about(thing)).filter(({ input }) => model.predict(input).abstained).length;
    expect(flagged / (known.length * phrasings.length)).toBeLessThanOrEqual(0.1);
  });

  it('learns to say "I don\'t know" from examples, whatever its confidence', () => {
    const strange = phrasings.map((phrasing) => ({ input: phrasing.replace('THING', 'unicorn'), output: 'No idea.' }));
    const taught = train({ examples: [...known.flatMap((thing) => about(thing)), ...strange], fallbackAnswer: 'No idea.', seed: 3 });
    const prediction = new EmbeddedModel(taught).predict('what about my unicorn');
    expect(prediction).toMatchObject({ output: 'No idea.', abstained: true });
    expect(prediction.confidence).toBeGreaterThan(0.3);
  });

  it('answers an empty text without failing, and abstains', () => {
    expect(new EmbeddedModel(base).predict('')).toMatchObject({ abstained: true });
  });
});
