import { FactualityRules } from './factuality.js';
import { FormatChecks } from './format.js';
import type { QualityRules } from './format-rules.js';
import type { QualityEvaluator } from './quality-evaluator.js';
import { RelevanceRules } from './relevance.js';
import { SafetyRules } from './safety.js';

/** The evaluators that need no model. */
export const openRuleEvaluators = (settings: { readonly answerMaxChars: number; readonly rules: QualityRules }): readonly QualityEvaluator[] => [
  new RelevanceRules(),
  new FactualityRules(),
  new SafetyRules(),
  new FormatChecks(settings),
];
