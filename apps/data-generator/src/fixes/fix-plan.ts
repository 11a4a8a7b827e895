import type { Bundle, PatchRecipe } from '@ratchet/domain';
import { defaultRecipes, type PatchedFixType } from './build-fix.js';
import type { FixWish, FormerFix } from './fix.repository.js';

/** Evidence must have doubled before the same patch is put to the gates again. */
const MORE_TESTS_RATIO = 2;

export interface PlannedFix {
  readonly opportunityId: string;
  readonly fixType: PatchedFixType;
  readonly recipe: PatchRecipe;
}

/**
 * Whether an opportunity is fixed by a patch of the version, not by training. Where the version cannot carry the patch (a model that reads no system message has no
 * use for prompts and passages; without a filter there is no threshold), training examples are made as for any other.
 */
export const isPatched = ({ fixType, needsPerson }: Pick<FixWish, 'fixType' | 'needsPerson'>, bundle: Bundle | undefined, promptlessProviders: readonly string[]): boolean => {
  if (fixType === 'training_examples' || bundle === undefined) return false;
  if (needsPerson) return true;
  return fixType === 'safety_threshold' ? bundle.safety !== undefined : !promptlessProviders.includes(bundle.provider.name);
};

/** How the opportunity's patch is to be made; undefined where nothing is to be made now. */
export const planFix = ({ opportunityId, fixType, needsPerson, strategy }: FixWish): PlannedFix | undefined => {
  if (fixType === 'training_examples' || needsPerson) return undefined;
  // A strategy of another kind comes from an analysis before a person changed the root cause.
  const recipe = strategy?.patch?.kind === fixType ? strategy.patch : defaultRecipes[fixType];
  return { opportunityId, fixType, recipe };
};

/** One fix of an opportunity at a time, and none twice that was judged, except where much more can be asked than when the evidence was too thin. */
export const mayPropose = (former: readonly FormerFix[], { baseVersion, patchHash, testCount }: Omit<FormerFix, 'state'>): 'yes' | 'one_is_open' | 'tried_before' => {
  if (former.some(({ state }) => state === 'open')) return 'one_is_open';
  const same = former.filter((fix) => fix.baseVersion === baseVersion && fix.patchHash === patchHash);
  return same.every((fix) => fix.state === 'insufficient' && testCount >= fix.testCount * MORE_TESTS_RATIO) ? 'yes' : 'tried_before';
};
