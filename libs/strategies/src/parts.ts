import type { DataRecipe, PatchRecipe, Strategy, TrainingRecipe } from '@ratchet/domain';

type Content = Pick<Strategy, 'fixType' | 'data' | 'training' | 'patch'>;

const dataParts = ({ corrections, variations, augmentTo, curriculum }: DataRecipe): string[] => [
  `corrections ${corrections}`,
  `variations ${variations}`,
  `augmented to ${augmentTo}`,
  `curriculum ${curriculum}`,
];
const trainingParts = ({ recipe, retentionRatio }: TrainingRecipe): string[] => [`recipe ${recipe}`, `retention ${retentionRatio ?? 'own'}`];

const patchParts = (patch: PatchRecipe): string[] => {
  switch (patch.kind) {
    case 'knowledge_entries':
      return [`from ${patch.from}`];
    case 'prompt_patch':
      return [`by ${patch.by}`];
    case 'safety_threshold':
      return [`step ${patch.step}`];
    case 'retrieval_change':
      return [`passages ${patch.topKBy}`, `score ${patch.minScoreBy}`, `grounded ${patch.groundedOnly}`];
  }
};

/** What a strategy is made of, one text a part: strategies that share a part share what is known of it. */
export const partsOf = ({ data, training, patch }: Content): string[] => [...(data ? dataParts(data) : []), ...(training ? trainingParts(training) : []), ...(patch ? patchParts(patch) : [])];

/** The same text for strategies that do the same. */
export const contentOf = (strategy: Content): string => [strategy.fixType, ...partsOf(strategy)].join(', ');
