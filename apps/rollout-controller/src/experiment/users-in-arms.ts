import { designEffect, noUnits } from '@ratchet/stats';
import { assignedUnits, clustersOf } from '../rollout/design-effect.js';
import type { ArmUsers } from '../rollout/evidence.js';
import type { ArmCounts, Arms, ExperimentCounts } from './experiment-counts.js';

const effectOf = ({ units, failed }: ArmCounts, users: ArmUsers | undefined): number => designEffect(clustersOf({ units, failedUnits: failed }, users?.overall ?? noUnits));

/** Where users are the assignment unit: how many each arm got, and how much less its conversations say than as many independent ones. Nothing where no user was counted. */
export const usersInArms = ({ treatment, control }: Arms<ArmCounts>, users: Arms<ArmUsers | undefined>): Pick<ExperimentCounts, 'designEffect' | 'assigned'> => {
  if (!users.treatment && !users.control) return {};
  const assigned = (units: number, of: ArmUsers | undefined): number => assignedUnits({ units, ...(of && { users: of }) });
  return {
    designEffect: { treatment: effectOf(treatment, users.treatment), control: effectOf(control, users.control) },
    assigned: { treatment: assigned(treatment.units, users.treatment), control: assigned(control.units, users.control) },
  };
};
