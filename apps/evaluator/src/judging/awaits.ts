import type { CandidateJudged } from '@ratchet/domain';
import type { Config } from '../config.js';

export const waitings = ['person', 'more_data'] as const;

/** What an insufficient verdict of a workload waits for; nothing else waits. Where no gate was asked there is nothing that a person could weigh: not even its safety is known. */
export const awaitsOf = ({ GATE_INSUFFICIENT: common, GATE_INSUFFICIENT_WORKLOADS: own }: Pick<Config, 'GATE_INSUFFICIENT' | 'GATE_INSUFFICIENT_WORKLOADS'>, { outcome, workload, gates }: Pick<CandidateJudged, 'outcome' | 'workload' | 'gates'>): CandidateJudged['awaits'] => {
  if (outcome !== 'insufficient') return undefined;
  if (gates.length === 0) return 'more_data';
  return Object.hasOwn(own, workload) ? own[workload] : common;
};
