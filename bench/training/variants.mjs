// What is compared: every recipe, the default without each of its terms, and training that protects nothing.
import { DEFAULT_RECIPE, recipes } from '../../libs/embedded-model/dist/index.js';

const standard = recipes[DEFAULT_RECIPE];
const named = Object.fromEntries(Object.entries(recipes).filter(([name]) => name !== 'scratch').map(([name, recipe]) => [name, { recipe }]));

export const variants = {
  ...named,
  'no-ewc': { recipe: { ...standard, ewcLambda: 0 } },
  'no-replay': { recipe: { ...standard, retentionRatio: 0 } },
  'no-logit-adjustment': { recipe: { ...standard, logitAdjustment: false } },
  'no-ewc-no-logit-adjustment': { recipe: { ...standard, ewcLambda: 0, logitAdjustment: false } },
  curriculum: { recipe: standard, curriculum: true },
  naive: { recipe: { ...standard, knownClassRate: 1, targetClassRate: 1, retentionRatio: 0, ewcLambda: 0, logitAdjustment: false } },
};
