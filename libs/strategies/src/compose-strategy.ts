import type { DataRecipe, FixType, PatchRecipe, Strategy, TrainingRecipe } from '@ratchet/domain';
import { type FixSupply, whyNotApplicable } from './applicability.js';
import { type FixOutcome, freshnessOf } from './beliefs.js';
import type { LearningOptions } from './options.js';
import { contentOf, partsOf } from './parts.js';
import { betaSample, type Random } from './random.js';

type Content = Pick<Strategy, 'fixType' | 'data' | 'training' | 'patch'>;

const ID_CHARS_MAX = 200;

const dataRecipes: readonly DataRecipe[] = (['spread', 'agreed', 'taught'] as const).flatMap((corrections) =>
  [0, 3, 5].flatMap((variations) => [0, 100, 200, 500].flatMap((augmentTo) => [false, true].map((curriculum): DataRecipe => ({ corrections, variations, augmentTo, curriculum })))),
);
const trainingRecipes: readonly TrainingRecipe[] = [
  ...(['gentle', 'fast', 'article'] as const).flatMap((recipe) => [{ recipe }, ...[1, 2, 4].map((retentionRatio) => ({ recipe, retentionRatio }))]),
  // From the beginning there is nothing to retain but what is trained on anyway.
  { recipe: 'full' },
];
const patches: Record<Exclude<FixType, 'training_examples'>, readonly PatchRecipe[]> = {
  knowledge_entries: (['agreed', 'reviewed', 'taught'] as const).map((from) => ({ kind: 'knowledge_entries', from })),
  prompt_patch: (['rule', 'examples', 'taught'] as const).map((by) => ({ kind: 'prompt_patch', by })),
  safety_threshold: [0.02, 0.05, 0.1, 0.15, 0.2, 0.3].map((step) => ({ kind: 'safety_threshold', step })),
  retrieval_change: [-2, 0, 2, 3, 5, 8]
    .flatMap((topKBy) => [-0.1, 0, 0.05, 0.1, 0.2].flatMap((minScoreBy) => [false, true].map((groundedOnly) => ({ kind: 'retrieval_change' as const, topKBy, minScoreBy, groundedOnly }))))
    .filter(({ topKBy, minScoreBy, groundedOnly }) => topKBy !== 0 || minScoreBy !== 0 || groundedOnly),
};

const combinations = (fixType: FixType): Content[] =>
  fixType === 'training_examples'
    ? dataRecipes.flatMap((data) => trainingRecipes.map((training) => ({ fixType, data, training })))
    : patches[fixType].map((patch) => ({ fixType, patch }));

/** Named after its content, so that the same parts are the same strategy wherever they come together. */
export const strategyOf = (content: Content, origin: 'composed' | 'teacher', summary?: string): Strategy => {
  const parts = partsOf(content);
  return { strategyId: `${origin}: ${parts.join(', ')}`.slice(0, ID_CHARS_MAX), summary: summary ?? `Put together from parts that did well: ${parts.join(', ')}.`, origin, ...content };
};

/** Draws how good each part is: from every outcome of a known strategy that has it, on whatever failures. */
const drawParts = ({ fixType, known, outcomes, nowMs, random, options }: ComposeRequest): ((part: string) => number) => {
  const byId = new Map(known.map((strategy) => [strategy.strategyId, strategy]));
  const sums = new Map<string, { reward: number; weight: number }>();
  for (const outcome of outcomes) {
    const strategy = byId.get(outcome.strategyId);
    if (!strategy || outcome.fixType !== fixType) continue;
    const weight = outcome.weight * freshnessOf(outcome.decidedAtMs, nowMs, options.halfLifeMs);
    for (const part of partsOf(strategy)) {
      const sum = sums.get(part) ?? { reward: 0, weight: 0 };
      sums.set(part, { reward: sum.reward + weight * outcome.reward, weight: sum.weight + weight });
    }
  }
  const drawn = new Map<string, number>();
  return (part) => {
    const known = drawn.get(part);
    if (known !== undefined) return known;
    const { reward, weight } = sums.get(part) ?? { reward: 0, weight: 0 };
    const value = betaSample(1 + reward, 1 + weight - reward, random);
    drawn.set(part, value);
    return value;
  };
};

export interface ComposeRequest {
  readonly fixType: FixType;
  /** All of them, of every origin. */
  readonly known: readonly Strategy[];
  readonly outcomes: readonly FixOutcome[];
  readonly supply: FixSupply;
  readonly nowMs: number;
  readonly random: Random;
  readonly options: LearningOptions;
}

/** A new strategy from parts, not among those known: the one whose parts' drawn values are the best on average. Undefined where every combination that applies is known. */
export const composeStrategy = (request: ComposeRequest): Strategy | undefined => {
  const { fixType, known, supply } = request;
  const taken = new Set(known.map(contentOf));
  const valueOf = drawParts(request);
  let best: { strategy: Strategy; value: number } | undefined;
  for (const content of combinations(fixType)) {
    if (taken.has(contentOf(content))) continue;
    const strategy = strategyOf(content, 'composed');
    if (whyNotApplicable(strategy, supply) !== undefined) continue;
    const values = partsOf(content).map(valueOf);
    const value = values.reduce((sum, part) => sum + part, 0) / values.length;
    if (!best || value > best.value) best = { strategy, value };
  }
  return best?.strategy;
};
