import { canonicalJson, type DataRecipe, type DatasetVersioned } from '@ratchet/domain';
import type { OpenOpportunity } from '../persistence/opportunity.repository.js';
import type { Config } from '../config.js';

/** What the configuration says holds where an opportunity came without a strategy. */
export const recipeOf = ({ strategy }: Pick<OpenOpportunity, 'strategy'>, config: Config): DataRecipe =>
  strategy?.data ?? {
    corrections: config.teacher ? 'taught' : config.SPREAD_CORRECTIONS ? 'spread' : 'agreed',
    variations: config.TEACHER_VARIATIONS,
    augmentTo: config.AUGMENT_TO,
    curriculum: config.CURRICULUM,
  };

/** Whether corrections reach similar requests that nobody corrected. */
export const spreads = ({ strategy }: Pick<OpenOpportunity, 'strategy'>, config: Config): boolean => (strategy?.data ? strategy.data.corrections !== 'agreed' : config.SPREAD_CORRECTIONS);

/** How the dataset of an opportunity is to be trained; undefined leaves it to the trainer. */
export const trainingOf = ({ strategy }: Pick<OpenOpportunity, 'strategy'>): DatasetVersioned['training'] => (strategy?.training ? { ...strategy.training, curriculum: strategy.data?.curriculum ?? false } : undefined);

/** Opportunities whose fixes may be trained together: one dataset each. The group without a recipe comes first, the others by their recipe. */
export const groupByTraining = (opportunities: readonly OpenOpportunity[]): { readonly training: DatasetVersioned['training']; readonly opportunities: readonly OpenOpportunity[] }[] =>
  [...Map.groupBy(opportunities, (opportunity) => canonicalJson(trainingOf(opportunity) ?? null))]
    .sort(([a], [b]) => (a === b ? 0 : a === 'null' || (b !== 'null' && a < b) ? -1 : 1))
    .map(([, members]) => ({ training: members[0] && trainingOf(members[0]), opportunities: members }));
