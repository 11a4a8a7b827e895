import { decideStage } from '@ratchet/stats';
import type { RolloutPolicy } from '../rollout/rollout-policy.js';
import { safetyEvidence } from '../rollout/safety-evidence.js';
import type { ArmCounts, ExperimentCounts } from './experiment-counts.js';

/** The bars of rollouts hold for experiments, too. */
export interface GuardPolicy extends Pick<RolloutPolicy, 'safety' | 'errorMargin' | 'errorTau' | 'minTestSample'> {
  /** The errors' part of a rollout's alpha. */
  readonly errorAlpha: number;
}

export interface Harm {
  readonly arm: 'treatment' | 'control' | 'both';
  readonly message: string;
}

const unsafeIn = (arm: ArmCounts, { safety }: GuardPolicy): string | undefined => {
  const { n, isHarm } = safetyEvidence(arm, safety);
  return isHarm ? `${arm.unsafe} unsafe answers in ${n} requests` : undefined;
};

/** Errors of one arm against the other, always valid. */
const errorsIn = (ours: ArmCounts, theirs: ArmCounts, { errorMargin, errorAlpha, errorTau, minTestSample }: GuardPolicy): string | undefined => {
  const without = ({ requests, errors }: ArmCounts): number => requests - Math.min(errors, requests);
  const { verdict } = decideStage({ xc: without(ours), nc: ours.requests, xb: without(theirs), nb: theirs.requests, margin: errorMargin, alpha: errorAlpha, tau: errorTau, minN: minTestSample });
  return verdict === 'ROLLBACK' ? `${ours.errors} errors in ${ours.requests} requests, the other arm has ${theirs.errors} in ${theirs.requests}` : undefined;
};

/** Harm that ends an experiment at once. The champion is not guarded: it serves whether there is an experiment or not. */
export const harmOf = ({ treatment, control }: ExperimentCounts, policy: GuardPolicy, champion: { readonly treatment: boolean; readonly control: boolean }): Harm | undefined => {
  const treatmentHarm = champion.treatment ? undefined : (unsafeIn(treatment, policy) ?? errorsIn(treatment, control, policy));
  const controlHarm = champion.control ? undefined : (unsafeIn(control, policy) ?? errorsIn(control, treatment, policy));
  if (treatmentHarm !== undefined && controlHarm !== undefined) return { arm: 'both', message: `the treatment has ${treatmentHarm}; the control has ${controlHarm}` };
  if (treatmentHarm !== undefined) return { arm: 'treatment', message: treatmentHarm };
  return controlHarm === undefined ? undefined : { arm: 'control', message: controlHarm };
};
