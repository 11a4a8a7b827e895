import type { CandidateJudged } from '@ratchet/domain';
import type { Config } from '../config.js';

export const waitings = ['person', 'more_data'] as const;

/** What an insufficient verdict of a workload waits for; nothing else waits. */
export const awaitsOf = ({ GATE_INSUFFICIENT: common, GATE_INSUFFICIENT_WORKLOADS: own }: Pick<Config, 'GATE_INSUFFICIENT' | 'GATE_INSUFFICIENT_WORKLOADS'>, { outcome, workload }: Pick<CandidateJudged, 'outcome' | 'workload'>): CandidateJudged['awaits'] =>
  outcome === 'insufficient' ? (Object.hasOwn(own, workload) ? own[workload] : common) : undefined;
