import type { ProviderConfig } from '../config/provider-config.js';

/** How a candidate is to be trained, whoever trains it. */
export interface TrainingSettings {
  readonly recipe: 'article' | 'gentle' | 'fast' | 'full';
  /** Retained examples for each new one; the recipe's own number where absent. */
  readonly retentionRatio?: number;
  readonly curriculum: boolean;
}

/** Whose hyperparameters a provider takes: the embedded model server's, or those of OpenAI alone. */
export type Trainer = 'embedded' | 'openai';

/** As configured; else the provider of the name `embedded` is taken for the embedded model server, and any other for one like OpenAI. */
export const trainerOf = ({ name, trainer }: Pick<ProviderConfig, 'name' | 'trainer'>): Trainer => trainer ?? (name === 'embedded' ? 'embedded' : 'openai');

/** Retained examples for each new one that a recipe asks for by itself. */
const RETENTION_RATIO = 2;

/**
 * The recipes in OpenAI's terms. `article` are its own numbers. A large model has no rates for single classes, so `gentle` is a few epochs at
 * a reduced rate, `fast` a raised one, and `full` the provider's rate: from the beginning nobody can train it.
 */
const openAiSettings: Record<TrainingSettings['recipe'], Readonly<Record<'n_epochs' | 'learning_rate_multiplier' | 'batch_size', number>>> = {
  article: { n_epochs: 1, learning_rate_multiplier: 0.1, batch_size: 16 },
  gentle: { n_epochs: 3, learning_rate_multiplier: 0.4, batch_size: 16 },
  fast: { n_epochs: 5, learning_rate_multiplier: 2, batch_size: 16 },
  full: { n_epochs: 5, learning_rate_multiplier: 1, batch_size: 16 },
};

/** Only what the provider's trainer knows: others refuse a request with an unknown hyperparameter. */
export const hyperparametersFor = (trainer: Trainer, { recipe, retentionRatio, curriculum }: TrainingSettings): Record<string, string | number | boolean> =>
  trainer === 'embedded' ? { recipe, curriculum, ...(retentionRatio !== undefined && { retention_ratio: retentionRatio }) } : { ...openAiSettings[recipe] };

/** How many retained examples have to be in the training file, since the trainer remembers none itself. */
export const retainedInFile = (trainer: Trainer, { recipe, retentionRatio }: TrainingSettings, newExamples: number): number =>
  trainer === 'embedded' ? 0 : Math.round((retentionRatio ?? (recipe === 'full' ? 0 : RETENTION_RATIO)) * newExamples);

/** OpenAI and Azure read hyperparameters inside `method`; servers that only speak its shapes mostly read the older, flat field. */
export const hyperparametersPlace = ({ baseUrl }: Pick<ProviderConfig, 'baseUrl'>): 'method' | 'top' => {
  const { hostname } = new URL(baseUrl);
  return hostname === 'api.openai.com' || hostname.endsWith('.openai.azure.com') ? 'method' : 'top';
};
