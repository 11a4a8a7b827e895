import { EmbeddedModelError } from './embedded-model.error.js';

/** Most epochs that a small set is given on account of its size. */
export const SMALL_SET_EPOCHS = 20;

export const recipeNames = ['scratch', 'article', 'gentle', 'fast', 'full'] as const;
export type RecipeName = (typeof recipeNames)[number];

/** How a training goes, as data: every term can be switched off or changed alone. */
export interface Recipe {
  readonly name: RecipeName;
  /** `base` goes on from the base's weights; `fresh` starts at zero and learns everything it is given, the base's replay buffer included. */
  readonly start: 'base' | 'fresh';
  readonly epochs: number;
  readonly batchSize: number;
  /** A small set is gone through more often, up to {@link SMALL_SET_EPOCHS} times, until this many examples were seen; 0 switches it off. */
  readonly minExamplesSeen: number;
  /** A small set is cut into smaller batches (down to 4), so that it takes at least this many steps. */
  readonly minSteps: number;
  /** Rate of the first step; it falls linearly to zero. Features have unit length and are sparse, so it is far above 1. */
  readonly learningRate: number;
  /** Multiplies the rate for classes that the base knows well. */
  readonly knownClassRate: number;
  /** Multiplies the rate for target classes: new ones, and those with more examples now than the base ever saw. */
  readonly targetClassRate: number;
  /** Retained examples for each new one. */
  readonly retentionRatio: number;
  /** Weight of the retained examples' loss against the new ones'. */
  readonly retentionWeight: number;
  /** λ of the elastic penalty `λ/2 · Σ F (w − w₀)²`; 0 switches it off. */
  readonly ewcLambda: number;
  /** Holds a target class by the share of its examples that the base knew, rather than in full: 5 examples do not hold back 50 more. */
  readonly ewcByEvidence: boolean;
  /** Adds log(class share of the mix) to the scores while training (Menon et al. 2021, arXiv 2007.07314). */
  readonly logitAdjustment: boolean;
  /** Examples kept of each class for later trainings. */
  readonly replayPerClass: number;
}

const scratch: Recipe = {
  name: 'scratch',
  start: 'fresh',
  epochs: 5,
  batchSize: 16,
  minExamplesSeen: 20_000,
  minSteps: 100,
  learningRate: 50,
  knownClassRate: 1,
  targetClassRate: 1,
  retentionRatio: 0,
  retentionWeight: 1,
  ewcLambda: 0,
  ewcByEvidence: true,
  logitAdjustment: true,
  replayPerClass: 20,
};

/**
 * The recipes. `article` is the one of the incremental-learning article: a tenth of the rate, one epoch, two retained examples for each
 * new one, loss = new + 0.5 · retention + λ · EWC. `gentle` (the default) keeps that tenth for what is known, and gives target classes a
 * rate of their own, five epochs and logit adjustment. `fast` lets everything move. `full` starts again from zero. The numbers were
 * measured (docs/internals/training.md): below these target rates new answers stay unsure, above them old categories begin to suffer.
 */
export const recipes: Readonly<Record<RecipeName, Recipe>> = {
  scratch,
  full: { ...scratch, name: 'full' },
  article: {
    ...scratch,
    name: 'article',
    start: 'base',
    epochs: 1,
    minExamplesSeen: 0,
    minSteps: 50,
    knownClassRate: 0.1,
    targetClassRate: 0.1,
    retentionRatio: 2,
    retentionWeight: 0.5,
    ewcLambda: 1e4,
    ewcByEvidence: false,
    logitAdjustment: false,
  },
  gentle: {
    ...scratch,
    name: 'gentle',
    start: 'base',
    epochs: 5,
    minExamplesSeen: 0,
    knownClassRate: 0.1,
    targetClassRate: 0.7,
    retentionRatio: 2,
    retentionWeight: 1,
    ewcLambda: 3e2,
    logitAdjustment: true,
  },
  fast: {
    ...scratch,
    name: 'fast',
    start: 'base',
    epochs: 5,
    minExamplesSeen: 0,
    knownClassRate: 0.5,
    targetClassRate: 2,
    retentionRatio: 2,
    retentionWeight: 0.5,
    ewcLambda: 3e2,
    logitAdjustment: true,
  },
};

/** The recipe of an update that names none. */
export const DEFAULT_RECIPE: RecipeName = 'gentle';

export function isRecipeName(value: unknown): value is RecipeName {
  return recipeNames.some((name) => name === value);
}

/** Refuses values that cannot train, naming the field. */
export function checkRecipe(recipe: Recipe): void {
  const refuse = (problem: string): never => {
    throw new EmbeddedModelError('bad_recipe', `Recipe ${recipe.name}: ${problem}`);
  };
  if (!Number.isInteger(recipe.epochs) || recipe.epochs < 1 || recipe.epochs > 100) refuse('epochs must be a whole number from 1 to 100.');
  if (!Number.isInteger(recipe.batchSize) || recipe.batchSize < 1 || recipe.batchSize > 1024) refuse('batchSize must be a whole number from 1 to 1024.');
  if (!Number.isInteger(recipe.replayPerClass) || recipe.replayPerClass < 0 || recipe.replayPerClass > 1000) refuse('replayPerClass must be a whole number from 0 to 1000.');
  if (!(recipe.learningRate > 0 && recipe.learningRate <= 1000)) refuse('learningRate must be above 0 and at most 1,000.');
  for (const field of ['minExamplesSeen', 'minSteps', 'knownClassRate', 'targetClassRate', 'retentionRatio', 'retentionWeight', 'ewcLambda'] as const) {
    if (!Number.isFinite(recipe[field]) || recipe[field] < 0) refuse(`${field} must be a number of at least 0.`);
  }
}
