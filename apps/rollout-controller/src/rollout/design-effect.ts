import { designEffect, noUnits, type UnitSums, withSingleUnits } from '@ratchet/stats';
import type { CheckInput, CheckResult } from './checks.js';
import type { ArmTally, Evidence, StageTally } from './evidence.js';

type ArmName = 'candidate' | 'control' | 'rest';

interface SettledUnits {
  readonly units: number;
  readonly failedUnits: number;
}

/** All that an arm was counted for: users with their conversations, and conversations without a user id as units of their own. */
export const clustersOf = ({ units, failedUnits }: SettledUnits, users: UnitSums): UnitSums => {
  const single = { n: Math.max(0, units - users.sumN), y: Math.max(0, failedUnits - users.sumY) };
  return withSingleUnits(users, { n: single.n, y: Math.min(single.y, single.n) });
};

/** The same over all stages; undefined where no user was counted. */
const clustersOfArm = ({ stages }: Evidence, arm: ArmName): UnitSums | undefined => {
  // Every stage of an arm carries the same sums over all stages.
  const users = stages.findLast((tally) => tally[arm].users)?.[arm].users?.overall;
  if (users === undefined) return undefined;
  return clustersOf(stages.reduce((sum, tally) => ({ units: sum.units + tally[arm].units, failedUnits: sum.failedUnits + tally[arm].failedUnits }), { units: 0, failedUnits: 0 }), users);
};

const divided = (tally: ArmTally, by: number): ArmTally => (by === 1 ? tally : { ...tally, units: tally.units / by, failedUnits: tally.failedUnits / by });

/**
 * The evidence with its conversations divided by the design effect of their arm, so that tests for independent outcomes hold for users
 * with several conversations each (Rao & Scott 1992). Where no user was counted, it is the same.
 *
 * An arm has one design effect, of its users' sums over all stages. A user spans stages, so that stages are not independent of each
 * other; dividing each by the effect of the whole gives their sum the right variance. For a stage alone it is conservative: there, a
 * user has fewer conversations, and the effect grows with their number. It also leaves out that those who move from control to candidate are
 * in both arms, which makes the difference of the two more certain, not less.
 */
export const effectiveEvidence = (evidence: Evidence): Evidence => {
  const effectOf = (arm: ArmName): number => designEffect(clustersOfArm(evidence, arm) ?? noUnits);
  const [candidate, control, rest] = [effectOf('candidate'), effectOf('control'), effectOf('rest')];
  const stages = evidence.stages.map(
    (tally): StageTally => ({ ...tally, candidate: divided(tally.candidate, candidate), control: divided(tally.control, control), rest: divided(tally.rest, rest) }),
  );
  return { ...evidence, stages };
};

/** How many users of equal size would say as much where all that a user says is the same (Kish): one who has half of the conversations leaves less than four. */
const weightOfUsers = ({ sumN, sumNN }: UnitSums): number => (sumNN === 0 ? 0 : (sumN * sumN) / sumNN);

/** A variance between users that was estimated from few of them, or of which one has the most, is no ground for a proof. */
export const withEnoughUsers = (check: CheckResult, { evidence, policy }: Pick<CheckInput, 'evidence' | 'policy'>): CheckResult => {
  if (check.verdict !== 'proven') return check;
  const weights = (['candidate', 'control'] as const).flatMap((arm) => clustersOfArm(evidence, arm) ?? []).map(weightOfUsers);
  const fewest = Math.min(...weights);
  if (!(fewest < policy.minTestSample)) return check;
  return { ...check, verdict: 'open', message: `${check.message}; an arm has as much as ${Math.floor(fewest)} users of equal size, and needs ${policy.minTestSample}` };
};

/**
 * What was assigned, each on its own, in an arm's stage: for the sample ratio. A user counts in the stage of their first conversation
 * in any arm. Later ones depend on the version (who is served badly stays away), and on when their arm reached them.
 */
export const assignedUnits = ({ units, users }: Pick<ArmTally, 'units' | 'users'>): number => (users === undefined ? units : users.firstSeen + Math.max(0, units - users.conversations));
