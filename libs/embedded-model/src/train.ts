import { calibrate, type Calibration, type HeldOut, scoreHeldOut, type ScoredHeldOut, scoreScale } from './calibration.js';
import type { AnswerClass, Checkpoint } from './checkpoint.js';
import { EmbeddedModelError } from './embedded-model.error.js';
import { FEATURE_SLOTS, inverseDocumentFrequencies, type SparseVector } from './featurize.js';
import { Fisher } from './fisher.js';
import { LinearSoftmax } from './linear-softmax.js';
import { noiseTexts } from './noise-texts.js';
import { seededRandom, shuffled } from './random.js';
import { checkRecipe, DEFAULT_RECIPE, type Recipe, recipes, SMALL_SET_EPOCHS } from './recipe.js';
import { drawBalanced, type ReplayEntry } from './replay-buffer.js';
import { sentencesOfTraining, type SentenceVectors } from './sentence-vectors.js';
import { LossRecorder, type LossWindow } from './loss-recorder.js';
import { type ElasticPenalty, SgdTrainer, type StepLosses, type WeightedSample } from './sgd-trainer.js';
import { DEFAULT_FALLBACK_ANSWER, difficulties, hashExamples, type TrainingExample } from './training-example.js';
import { drawRetention, type LabelledExample, planTraining, type TrainingPlan } from './training-plan.js';

export interface TrainOptions {
  readonly examples: readonly TrainingExample[];
  /** Go on from this model; without it, training starts at zero. */
  readonly base?: Checkpoint;
  /** Content hash of `base`, recorded as the parent. */
  readonly baseHash?: string;
  /** What must not be forgotten; without it, the base's replay buffer. */
  readonly retention?: readonly TrainingExample[];
  /** Default: `gentle` with a base, `scratch` without one. */
  readonly recipe?: Recipe;
  readonly seed?: number;
  /** Within each epoch, easy examples first and hard ones last. */
  readonly curriculum?: boolean;
  /** What to say when the model does not know; default: the base's, else a plain sentence. */
  readonly fallbackAnswer?: string;
  /** Vectors of all texts that `textsToEncode` names: the model then reads meaning beside n-grams. */
  readonly sentences?: SentenceVectors;
  readonly onEpoch?: (progress: EpochProgress) => void;
  /** Told once at the end: how the loss went, in at most 500 windows of steps. */
  readonly onLosses?: (curve: readonly LossWindow[]) => void;
}

export interface EpochProgress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  readonly samples: number;
}

/** Fewer held-out examples than this set no threshold; small sets are cross-fitted instead. */
const HELD_OUT_ENOUGH = 40;
const SMALLEST_BATCH = 4;
const CROSS_FIT_FOLDS = 5;
const CROSS_FIT_MAX_EXAMPLES = 500;

/** Trains a model. The same options give the same checkpoint, bit for bit. Throws `bad_recipe`, `bad_example`, `missing_encoder` or `missing_sentence`. */
export function train(options: TrainOptions): Checkpoint {
  const { examples, base = null, retention = [], seed = 1, curriculum = false } = options;
  const recipe = options.recipe ?? recipes[base === null ? 'scratch' : DEFAULT_RECIPE];
  checkRecipe(recipe);
  if (examples.length === 0) throw new EmbeddedModelError('bad_example', 'There are no examples to learn from.');
  if (recipe.start === 'base' && base === null) {
    throw new EmbeddedModelError('bad_recipe', `Recipe ${recipe.name} goes on from a trained model: name a base, or use the recipe scratch.`);
  }
  const fallbackAnswer = options.fallbackAnswer ?? base?.fallbackAnswer ?? DEFAULT_FALLBACK_ANSWER;
  const plan = planTraining({ base, examples, retention, recipe, fallbackAnswer, seed });
  const sentences = sentencesOfTraining({ base, recipe, given: options.sentences });
  const losses = options.onLosses && new LossRecorder();
  const { head, epochLosses, inputs } = fitHead({ plan, recipe, base, sentences, seed, curriculum, ...(options.onEpoch && { onEpoch: options.onEpoch }), ...(losses && { onStep: (step) => losses.add(step) }) });
  if (losses) options.onLosses?.(losses.curve());
  const fisher = recipe.start === 'base' && base !== null ? base.fisher.clone() : new Fisher({ classes: head.classes, slots: head.slots });
  fisher.grow(head.classes);
  fisher.accumulate(head, inputs);
  return {
    classes: plan.classes,
    fallbackAnswer,
    calibration: calibrateHead({ head, plan, sentences, seed }),
    provenance: {
      recipe,
      seed,
      curriculum,
      examplesHash: hashExamples(examples),
      retentionHash: retention.length === 0 ? null : hashExamples(retention),
      parentHash: options.baseHash ?? null,
      epochLosses,
    },
    head,
    fisher,
    replay: plan.replay,
    heldOut: plan.heldOut,
    encoder: sentences === null ? null : { id: sentences.id, dimensions: sentences.dimensions },
    sentences: new Map(sentences === null ? [] : [...plan.replay.entries(), ...plan.heldOut].map(({ text }) => [text, sentences.of(text)])),
  };
}

interface FitOptions {
  readonly plan: TrainingPlan;
  readonly recipe: Recipe;
  readonly base: Checkpoint | null;
  readonly sentences: SentenceVectors | null;
  readonly seed: number;
  readonly curriculum: boolean;
  readonly onEpoch?: (progress: EpochProgress) => void;
  readonly onStep?: (losses: StepLosses) => void;
}

function fitHead({ plan, recipe, base, sentences, seed, curriculum, onEpoch, onStep }: FitOptions) {
  const goesOn = recipe.start === 'base' && base !== null;
  const head = goesOn ? base.head.clone() : new LinearSoftmax({ classes: plan.classes.length, slots: FEATURE_SLOTS + (sentences?.dimensions ?? 0), slotWeights: inverseDocumentFrequencies([...plan.fresh, ...plan.pool].map(({ text }) => text)) });
  head.grow(plan.classes.length);
  const featuresOf = featureCache(head, sentences);
  const perEpoch = plan.fresh.length + (plan.pool.length === 0 ? 0 : Math.round(plan.fresh.length * recipe.retentionRatio));
  const epochs = epochsFor({ recipe, perEpoch });
  const batchSize = batchSizeFor({ recipe, samplesSeen: epochs * perEpoch });
  const trainer = new SgdTrainer({
    head,
    learningRate: recipe.learningRate,
    totalSteps: epochs * Math.ceil(perEpoch / batchSize),
    batchSize,
    classRates: classRates({ plan, recipe, head }),
    ...(goesOn && recipe.ewcLambda > 0 && { penalty: penaltyFrom({ base, plan, head, recipe }) }),
    ...(onStep && { onStep }),
  });
  const random = seededRandom(seed);
  const epochLosses: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    const drawn = drawRetention({ plan, recipe, seed: seed + epoch * 7919 });
    const retained = new Set<LabelledExample>(drawn);
    const mix = [...plan.fresh, ...drawn];
    const ordered = curriculum ? easyFirst(mix, random) : shuffled(mix, random);
    const samples: WeightedSample[] = ordered.map((example) => ({ features: featuresOf(example.text), classIndex: example.classIndex, weight: example.weight, retained: retained.has(example) }));
    const loss = trainer.runEpoch(samples, recipe.logitAdjustment ? logShares({ samples, head, contested: plan.contested }) : undefined);
    epochLosses.push(loss);
    onEpoch?.({ epoch, epochs, loss, samples: samples.length });
  }
  return { head, epochLosses, inputs: plan.fresh.map(({ text }) => featuresOf(text)) };
}

function epochsFor({ recipe, perEpoch }: { recipe: Recipe; perEpoch: number }): number {
  const wanted = Math.ceil(recipe.minExamplesSeen / Math.max(1, perEpoch));
  return Math.max(recipe.epochs, Math.min(SMALL_SET_EPOCHS, wanted));
}

function batchSizeFor({ recipe, samplesSeen }: { recipe: Recipe; samplesSeen: number }): number {
  if (recipe.minSteps === 0) return recipe.batchSize;
  const small = Math.max(SMALLEST_BATCH, Math.floor(samplesSeen / recipe.minSteps));
  return Math.min(recipe.batchSize, small);
}

function penaltyFrom({ base, plan, head, recipe }: { base: Checkpoint; plan: TrainingPlan; head: LinearSoftmax; recipe: Recipe }): ElasticPenalty {
  const anchor = base.head.clone();
  anchor.grow(head.classes);
  const fisher = base.fisher.clone();
  fisher.grow(head.classes);
  if (!recipe.ewcByEvidence) return { anchor, fisher, lambda: recipe.ewcLambda };
  const classShares = new Float32Array(head.stride).fill(1);
  for (const classIndex of plan.targets) classShares[classIndex] = (base.classes[classIndex]?.examples ?? 0) / Math.max(1, plan.classes[classIndex]?.examples ?? 0);
  return { anchor, fisher, lambda: recipe.ewcLambda, classShares };
}

function classRates({ plan, recipe, head }: { plan: TrainingPlan; recipe: Recipe; head: LinearSoftmax }): Float32Array {
  const rates = new Float32Array(head.stride).fill(recipe.knownClassRate);
  for (const classIndex of plan.targets) rates[classIndex] = recipe.targetClassRate;
  return rates;
}

/**
 * log of each class's share of the mix. An example counts with the square root of its weight: by number alone, retained classes
 * are pushed away a little; by weight, new ones are learnt too timidly. A class that is absent counts as half an example.
 */
function logShares({ samples, head, contested }: { samples: readonly WeightedSample[]; head: LinearSoftmax; contested: ReadonlyMap<number, number> }): Float32Array {
  const counts = new Float64Array(head.stride);
  // A replaced answer must not be shielded for having become rare: what contradicts it counts as its own.
  for (const [classIndex, count] of contested) counts[classIndex] = count;
  for (const { classIndex, weight } of samples) counts[classIndex] = (counts[classIndex] as number) + Math.sqrt(weight);
  return Float32Array.from(counts, (count) => Math.log(Math.max(0.5, count) / samples.length));
}

/** Shuffled within easy, medium and hard. */
function easyFirst(mix: readonly LabelledExample[], random: () => number): LabelledExample[] {
  const stages: LabelledExample[][] = difficulties.map(() => []);
  for (const example of mix) stages[difficulties.indexOf(example.difficulty)]?.push(example);
  return stages.flatMap((stage) => shuffled(stage, random));
}

function featureCache(head: LinearSoftmax, sentences: SentenceVectors | null): (text: string) => SparseVector {
  const cache = new Map<string, SparseVector>();
  return (text) => {
    const known = cache.get(text);
    if (known !== undefined) return known;
    const features = head.featuresOf(text, sentences?.of(text));
    cache.set(text, features);
    return features;
  };
}

function calibrateHead({ head, plan, sentences, seed }: { head: LinearSoftmax; plan: TrainingPlan; sentences: SentenceVectors | null; seed: number }): Calibration {
  const heldOutOf = (entries: readonly ReplayEntry[]): HeldOut[] => toHeldOut({ head, sentences, entries, classes: plan.classes });
  const isOutOfScope = (classIndex: number): boolean => plan.classes[classIndex]?.outOfScope ?? false;
  if (plan.heldOut.length >= HELD_OUT_ENOUGH) {
    const held = scoreHeldOut(head, heldOutOf(plan.heldOut));
    return calibrate({ items: held, scale: scoreScale(held), isOutOfScope, noise: scoreNoise({ head, sentences, seed }) });
  }
  const known = [...plan.replay.entries(), ...plan.heldOut];
  const items = drawBalanced({ items: known, count: Math.min(known.length, CROSS_FIT_MAX_EXAMPLES), random: seededRandom(seed ^ 0xf01d) });
  // Scores are brought to scale 1, because heads of several trainings differ in it; the temperature then takes on this head's.
  const scale = scoreScale(scoreHeldOut(head, heldOutOf(items)));
  const noise = scoreNoise({ head, sentences, seed }).map((scores) => scores.map((score) => score / scale));
  const calibration = calibrate({ items: crossFit({ plan, items, sentences, seed }), scale: 1, isOutOfScope, noise });
  return { ...calibration, temperature: calibration.temperature * scale };
}

/** What the head makes of made-up words. */
function scoreNoise({ head, sentences, seed }: { head: LinearSoftmax; sentences: SentenceVectors | null; seed: number }): Float64Array[] {
  return noiseTexts(seed).map((text) => {
    const scores = new Float64Array(head.classes);
    head.logitsInto(head.featuresOf(text, sentences?.of(text)), scores);
    return scores;
  });
}

/** Scores a small set by models that did not see the scored part: five trainings from zero on four fifths each. Scores are divided by each model's scale. */
function crossFit({ plan, items, sentences, seed }: { plan: TrainingPlan; items: readonly ReplayEntry[]; sentences: SentenceVectors | null; seed: number }): ScoredHeldOut[] {
  const foldOf = foldsByClass(items);
  const scored: ScoredHeldOut[] = [];
  for (let fold = 0; fold < CROSS_FIT_FOLDS; fold += 1) {
    const fresh = items.filter((item) => foldOf.get(item) !== fold).map((item) => ({ ...item, difficulty: 'medium' as const, weight: 1 }));
    if (fresh.length === 0) return [];
    const foldPlan: TrainingPlan = { ...plan, fresh, pool: [] };
    const { head } = fitHead({ plan: foldPlan, recipe: recipes.scratch, base: null, sentences, seed, curriculum: false });
    const heldOutOf = (entries: readonly ReplayEntry[]): HeldOut[] => toHeldOut({ head, sentences, entries, classes: plan.classes });
    const scale = scoreScale(scoreHeldOut(head, heldOutOf(items)));
    const left = scoreHeldOut(head, heldOutOf(items.filter((item) => foldOf.get(item) === fold)));
    scored.push(...left.map((item) => ({ ...item, scores: item.scores.map((score) => score / scale) })));
  }
  return scored;
}

/** Spreads each class over all folds. */
function foldsByClass(items: readonly ReplayEntry[]): Map<ReplayEntry, number> {
  const placed = new Map<number, number>();
  return new Map(
    items.map((item) => {
      const place = placed.get(item.classIndex) ?? 0;
      placed.set(item.classIndex, place + 1);
      return [item, (place + item.classIndex) % CROSS_FIT_FOLDS];
    }),
  );
}

function toHeldOut({ head, sentences, entries, classes }: { head: LinearSoftmax; sentences: SentenceVectors | null; entries: readonly ReplayEntry[]; classes: readonly AnswerClass[] }): HeldOut[] {
  return entries.map(({ text, classIndex }) => ({ features: head.featuresOf(text, sentences?.of(text)), classIndex, outOfScope: classes[classIndex]?.outOfScope ?? false }));
}
