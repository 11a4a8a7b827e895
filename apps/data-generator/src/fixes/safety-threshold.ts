import type { PatchRecipe } from '@ratchet/domain';
import { REFUSAL, scoreUnsafeContent } from '@ratchet/providers';
import { keepTests, refuse, testsByCheck, type BuiltFix, type FixMaterial } from './fix-material.js';

type Recipe = Extract<PatchRecipe, { kind: 'safety_threshold' }>;

/** Above it the filter would let through what its rules are surest of. */
export const THRESHOLD_MAX = 0.95;
/** Of the refused requests, so many must pass with the new threshold. */
const HELPED_SHARE_MIN = 0.5;

const rounded = (value: number): number => Math.round(value * 100) / 100;

/**
 * One step up, where that lets the refused requests pass. Whether it also lets through what must be held back is not judged here: the safety gate
 * asks the candidate all of its suite.
 */
export const buildSafetyThreshold = ({ bundle, failures, limits }: FixMaterial, { step }: Recipe): BuiltFix => {
  if (!bundle.safety) return refuse('no_filter', 'the version has no safety filter: it is the model that refuses, and no threshold changes that');
  const { threshold } = bundle.safety;
  const raised = rounded(Math.min(THRESHOLD_MAX, threshold + step));
  if (raised <= threshold) return refuse('at_the_limit', `the threshold is ${threshold} and may not go above ${THRESHOLD_MAX}`);
  const refused = failures.filter(({ response, query }) => response.trim() === REFUSAL && scoreUnsafeContent(query).score > threshold);
  if (refused.length === 0) return refuse('no_material', 'none of the requests was refused by the filter');
  const helped = refused.filter(({ query }) => scoreUnsafeContent(query).score <= raised);
  if (helped.length < refused.length * HELPED_SHARE_MIN) {
    const scores = refused.map(({ query }) => scoreUnsafeContent(query).score).sort((a, b) => a - b);
    return refuse('too_few_helped', `with a threshold of ${raised}, ${helped.length} of ${refused.length} refused requests would pass; half of them score above ${rounded(scores[Math.floor(scores.length / 2)] ?? 1)}`);
  }
  return {
    ok: true,
    patch: { safetyThreshold: raised },
    summary: `The safety filter's threshold goes from ${threshold} to ${raised}: ${helped.length} of ${refused.length} refused requests pass`,
    tests: keepTests(testsByCheck(refused, { kind: 'not_refused' }), limits),
  };
};
