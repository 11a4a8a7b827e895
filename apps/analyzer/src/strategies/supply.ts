import { normalizeAnswer } from '@ratchet/domain';
import { userOf, type Failure } from '../analysis/failure.js';
import type { FixSupply } from '@ratchet/strategies';

/** What the corrections of an opportunity's failures allow. */
export const supplyOf = (failures: readonly Failure[], { hasTeacher, agreeingUsersMin }: Pick<FixSupply, 'hasTeacher' | 'agreeingUsersMin'>): FixSupply => {
  const users = new Map<string, Set<string>>();
  for (const failure of failures) {
    if (failure.correction === undefined) continue;
    const answer = normalizeAnswer(failure.correction);
    users.set(answer, (users.get(answer) ?? new Set()).add(userOf(failure)));
  }
  const corrected = failures.filter(({ correction }) => correction !== undefined).length;
  return { hasTeacher, corrected, agreeingUsers: Math.max(0, ...[...users.values()].map(({ size }) => size)), agreeingUsersMin };
};
