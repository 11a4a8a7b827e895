import type { Target } from '@ratchet/domain';
import type { Queryable } from '../persistence/queryable.js';
import type { OpenOpportunity } from '../persistence/opportunity.repository.js';
import { loadServing } from '../persistence/serving-version.repository.js';
import { isPatched } from './fix-plan.js';
import { loadWishes } from './fix.repository.js';

/** The opportunities that training examples are to be made for: all but those that a patch of the version fixes. */
export const withoutPatched = async (db: Queryable, target: Target, opportunities: readonly OpenOpportunity[], promptlessProviders: readonly string[]): Promise<OpenOpportunity[]> => {
  const [wishes, serving] = await Promise.all([loadWishes(db, target), loadServing(db, target)]);
  return opportunities.filter(({ opportunityId }) => {
    const wish = wishes.get(opportunityId);
    return !wish || !isPatched(wish, serving?.bundle, promptlessProviders);
  });
};
