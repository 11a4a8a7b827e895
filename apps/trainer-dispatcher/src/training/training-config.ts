import type { TrainingSettings } from '@ratchet/providers';
import type { TrainingStarted } from '@ratchet/domain';
import type { Config } from '../config.js';
import type { DatasetTraining } from '../persistence/example.repository.js';

/** How a cycle's candidate is trained, as events show it. */
export type TrainingConfig = TrainingStarted['trainingConfig'];

/** Of datasets that ask for nothing else. */
export const configuredTraining = ({ TRAINING_RECIPE: recipe, TRAINING_CURRICULUM: curriculum }: Pick<Config, 'TRAINING_RECIPE' | 'TRAINING_CURRICULUM'>): DatasetTraining => ({ recipe, curriculum });

export const trainingConfigOf = ({ recipe, retentionRatio, curriculum }: DatasetTraining, { seed, strategyIds }: { seed: number; strategyIds: readonly string[] }): TrainingConfig => ({
  recipe,
  ...(retentionRatio !== undefined && { retentionRatio }),
  curriculum,
  seed,
  ...(strategyIds.length > 0 && { strategies: strategyIds.join('; ') }),
});

/** What was written down when the cycle began; the configuration for a cycle that began before it was. */
export const settingsOf = (written: TrainingConfig | null, configured: DatasetTraining): TrainingSettings => {
  const { recipe, retentionRatio, curriculum } = written ?? {};
  return {
    recipe: recipe === 'article' || recipe === 'gentle' || recipe === 'fast' || recipe === 'full' ? recipe : configured.recipe,
    curriculum: typeof curriculum === 'boolean' ? curriculum : configured.curriculum,
    ...(typeof retentionRatio === 'number' && { retentionRatio }),
  };
};
