import { normalQuantile, seededRandom } from '@ratchet/stats';
import { rolloutPolicySchema } from '../../rollout/rollout-policy.js';
import { decideExperiment } from '../decide-experiment.js';
import { type ArmCounts, type ExperimentCounts, noCounts } from '../experiment-counts.js';
import { experimentPolicyOf } from '../experiment-decision.js';
import type { ExperimentSettings } from '../experiment-settings.js';
import { type ExperimentState, isOver, newExperiment } from '../experiment-state.js';

/** What is true of the arms. */
export interface Truth {
  readonly control: number;
  readonly treatment: number;
  /** Correlation of a covariate with the outcome, of every unit; 0: no unit has one. */
  readonly correlation?: number;
  /** Share of the treatment's units that are lost before they are counted. */
  readonly lost?: number;
  /** Units are dealt out in turn unless they are drawn: looks then come at the same fractions, whose bounds are worked out once. */
  readonly drawn?: boolean;
}

export interface Procedure {
  readonly settings: ExperimentSettings;
  /** Units of all arms between two evaluations. */
  readonly unitsALook: number;
  /** Evaluations after which an experiment is given up, and stays without a verdict. */
  readonly looksMax: number;
}

export interface Ending {
  readonly verdict: ExperimentState['verdict'];
  readonly state: ExperimentState;
  readonly units: number;
}

const policy = experimentPolicyOf(rolloutPolicySchema.parse({ noDataDeadlineMs: 1e12, maxStageMs: 1e13 }));

/** The covariate is the chance of failure, known beforehand with noise: two strata around the arm's rate. */
const drawUnit = (random: () => number, success: number, correlation: number): { readonly failed: number; readonly x: number } => {
  const failure = 1 - success;
  // A mixture of two strata that keeps the rate: x = +1 or -1, chance of failure moved by `shift` either way.
  const shift = correlation * Math.sqrt(failure * (1 - failure));
  const x = random() < 0.5 ? -1 : 1;
  return { failed: random() < failure + x * shift ? 1 : 0, x };
};

const add = (arm: ArmCounts, { failed, x }: { failed: number; x: number }, hasCovariate: boolean): ArmCounts => {
  const { covariate: sums } = arm;
  const covariate = hasCovariate ? { count: sums.count + 1, sumX: sums.sumX + x, sumXX: sums.sumXX + x * x, sumY: sums.sumY + failed, sumXY: sums.sumXY + x * failed } : sums;
  return { ...arm, units: arm.units + 1, failed: arm.failed + failed, requests: arm.requests + 1, covariate };
};

/** One experiment through the very decisions of the service, evaluated after every `unitsALook` units. */
export const simulateExperiment = (random: () => number, { settings, unitsALook, looksMax }: Procedure, { control, treatment, correlation = 0, lost = 0, drawn = lost > 0 }: Truth): Ending => {
  const identity = { experimentId: 'e', target: { model: 'm', workload: 'w' }, treatment: 'v2', orderedBy: 'human:ann', orderReason: 'r', controlIsChampion: true, settings };
  const begun = decideExperiment(newExperiment(identity, 'v1'), { type: 'considered', at: 0, champion: 'v1', placeFree: true }, policy);
  let { state } = begun;
  let counts: ExperimentCounts = { control: noCounts, treatment: noCounts, segments: [], lastDataAt: 1 };
  const share = settings.share / (settings.share + settings.controlShare);
  let dealt = 0;
  const nextArm = (): 'treatment' | 'control' => {
    dealt += 1;
    const isTreatment = drawn ? random() < share : Math.floor(dealt * share + 1e-9) > Math.floor((dealt - 1) * share + 1e-9);
    return isTreatment ? 'treatment' : 'control';
  };
  for (let look = 0; look < looksMax && !isOver(state); look += 1) {
    for (let unit = 0; unit < unitsALook; unit += 1) {
      const arm = nextArm();
      if (arm === 'treatment' && lost > 0 && random() < lost) continue;
      counts = { ...counts, [arm]: add(counts[arm], drawUnit(random, arm === 'treatment' ? treatment : control, correlation), correlation > 0) };
    }
    state = decideExperiment(state, { type: 'evaluated', at: 1, champion: 'v1', counts }, policy).state;
  }
  return { verdict: state.verdict, state, units: counts.control.units + counts.treatment.units };
};

/** Units an arm that a test with one look needs for the power, at these rates (two-sided alpha). */
export const unitsFor = ({ control, treatment }: Truth, { alpha, power }: { alpha: number; power: number }): number => {
  const z = normalQuantile(1 - alpha / 2) + normalQuantile(power);
  return Math.ceil((z * z * (control * (1 - control) + treatment * (1 - treatment))) / (control - treatment) ** 2);
};

/** Shares of verdicts over many experiments of one seed. */
export const verdictShares = ({ runs, seed }: { runs: number; seed: number }, procedure: Procedure, truth: Truth): { readonly share: (verdict: ExperimentState['verdict']) => number; readonly winners: number; readonly meanUnits: number; readonly endings: readonly Ending[] } => {
  const random = seededRandom(seed);
  const endings = Array.from({ length: runs }, () => simulateExperiment(random, procedure, truth));
  const share = (verdict: ExperimentState['verdict']): number => endings.filter((ending) => ending.verdict === verdict).length / runs;
  return { share, winners: share('treatment_wins') + share('control_wins'), meanUnits: endings.reduce((sum, { units }) => sum + units, 0) / runs, endings };
};
