// Keeps the default recipe honest: on streams of noisy made-up requests, each of its terms must earn its place.
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Checkpoint } from './checkpoint.js';
import { EmbeddedModel } from './embedded-model.js';
import { type Random, seededRandom } from './random.js';
import { DEFAULT_RECIPE, type Recipe, recipes } from './recipe.js';
import { train } from './train.js';
import type { TrainingExample } from './training-example.js';

const CLASSES = 24;
const WELL_KNOWN = 12;
const WEEKS = 3;
const A_WEEK = (CLASSES - WELL_KNOWN) / WEEKS;
const WORDS_A_CLASS = 8;
const VOCABULARY = 50;
const SEEDS = [5, 6];

const pick = <T>(items: readonly T[], random: Random): T => items[Math.floor(random() * items.length)] as T;
const word = (random: Random): string => Array.from({ length: 3 }, () => pick([...'bdfgklmnprstvz'], random) + pick([...'aeiou'], random)).join('');

/** Classes draw from one small vocabulary, so that each word belongs to several of them. */
function makeTexts(seed: number): (classIndex: number, count: number, from: number) => TrainingExample[] {
  const random = seededRandom(seed);
  const vocabulary = Array.from({ length: VOCABULARY }, () => word(random));
  const own = Array.from({ length: CLASSES }, () => Array.from({ length: WORDS_A_CLASS }, () => pick(vocabulary, random)));
  return (classIndex, count, from) => {
    const drawn = seededRandom(seed * 1_000 + classIndex * 10 + from);
    return Array.from({ length: count }, () => {
      const words = [...Array.from({ length: 4 }, () => pick(own[classIndex] as string[], drawn)), pick(vocabulary, drawn), pick(vocabulary, drawn)];
      return { input: words.join(' '), output: `answer ${classIndex}` };
    });
  };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

interface Stream {
  readonly base: Checkpoint;
  readonly weeks: readonly (readonly TrainingExample[])[];
  /** Unseen requests for what was well known from the start. */
  readonly old: readonly TrainingExample[];
  readonly all: readonly TrainingExample[];
}

/** Half of the answers are known from 4 examples only; each week a third of those gets 40 more. */
function thinKnowledge(seed: number): Stream {
  const texts = makeTexts(seed);
  const of = (from: number, to: number, count: number, part: number): TrainingExample[] => range(from, to).flatMap((c) => texts(c, count, part));
  return {
    base: train({ examples: [...of(0, WELL_KNOWN, 40, 0), ...of(WELL_KNOWN, CLASSES, 4, 0)], seed }),
    weeks: range(0, WEEKS).map((week) => of(WELL_KNOWN + week * A_WEEK, WELL_KNOWN + (week + 1) * A_WEEK, 40, 2)),
    old: of(0, WELL_KNOWN, 40, 1),
    all: of(0, CLASSES, 40, 1),
  };
}

function accuracy(checkpoint: Checkpoint, examples: readonly TrainingExample[]): number {
  const model = new EmbeddedModel(checkpoint);
  return examples.filter(({ input, output }) => model.predict(input).output === output).length / examples.length;
}

const standard = recipes[DEFAULT_RECIPE];
const withoutReplay = { ...standard, retentionRatio: 0 };
const variants = {
  standard,
  'no elastic penalty': { ...standard, ewcLambda: 0 },
  'no replay': withoutReplay,
  'no replay, no elastic penalty': { ...withoutReplay, ewcLambda: 0 },
  'no logit adjustment': { ...standard, logitAdjustment: false },
} satisfies Record<string, Recipe>;
type Variant = keyof typeof variants;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('three updates of a thinly known half', () => {
  const old = new Map<Variant | 'base', number>();
  const all = new Map<Variant | 'base', number>();
  const kept = (name: Variant | 'base'): number => old.get(name) as number;

  beforeAll(() => {
    const streams = SEEDS.map(thinKnowledge);
    const note = (name: Variant | 'base', last: readonly Checkpoint[]): void => {
      old.set(name, mean(last.map((checkpoint, i) => accuracy(checkpoint, streams[i]?.old ?? []))));
      all.set(name, mean(last.map((checkpoint, i) => accuracy(checkpoint, streams[i]?.all ?? []))));
    };
    note('base', streams.map(({ base }) => base));
    for (const name of Object.keys(variants) as Variant[]) {
      note(name, streams.map(({ base, weeks }) => weeks.reduce((checkpoint, examples) => train({ base: checkpoint, examples, recipe: variants[name], seed: 1 }), base)));
    }
  }, 60_000);

  it('teach what was thin, and keep what was known within a few points', () => {
    expect(all.get('standard')).toBeGreaterThan((all.get('base') as number) + 0.1);
    expect(kept('standard')).toBeGreaterThan(kept('base') - 0.03);
  });

  it('forget more without logit adjustment', () => {
    expect(kept('no logit adjustment')).toBeLessThan(kept('standard') - 0.05);
    expect(all.get('no logit adjustment')).toBeLessThan(all.get('standard') as number);
  });

  it('forget more without replay', () => {
    expect(kept('no replay')).toBeLessThan(kept('standard') - 0.02);
  });

  it('forget more without the elastic penalty, and most where there is no replay either', () => {
    expect(kept('no elastic penalty')).toBeLessThan(kept('standard'));
    expect(kept('no replay, no elastic penalty')).toBeLessThan(kept('no replay') - 0.02);
  });
});
