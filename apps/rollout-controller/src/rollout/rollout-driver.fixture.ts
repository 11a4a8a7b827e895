import { histogramOf } from '@ratchet/domain';
import { decide } from './decide.js';
import type { DecideEvent, Decision } from './decision.js';
import { type ArmTally, emptyTally, type Evidence, type StageTally } from './evidence.js';
import { type RolloutPolicy, rolloutPolicySchema } from './rollout-policy.js';
import { newRollout, type RolloutState } from './rollout-state.js';

export const START = Date.parse('2026-03-02T08:00:00Z');
export const SECOND_MS = 1000;

export const quickPolicy = (differs: Partial<RolloutPolicy> = {}): RolloutPolicy =>
  rolloutPolicySchema.parse({
    minSoakMs: [2, 2, 2, 2].map((seconds) => seconds * SECOND_MS),
    bakeMs: 3 * SECOND_MS,
    maxStageMs: 3_600_000,
    productionBaselineBelowShare: 0,
    ...differs,
  });

/** `n` conversations of one request each; the share that failed is rounded to whole ones. */
export const arm = (n: number, failedShare = 0.15, differs: Partial<ArmTally> = {}): ArmTally => ({
  ...emptyTally(),
  units: n,
  failedUnits: Math.round(n * failedShare),
  requests: n,
  outcomes: n,
  failures: Math.round(n * failedShare),
  latencyMs: histogramOf(Array.from({ length: n }, () => 100)),
  ...differs,
});

/** Sums of `n` conversations, scored once each with a mean and a standard deviation of 0.2. */
export const scores = (n: number, mean: number): ArmTally['quality'][string] => ({ units: n, sumY: mean * n, sumN: n, sumYY: (mean * mean + 0.04) * n, sumYN: mean * n, sumNN: n });

/** Of `n` conversations of one request each; `variation` is the coefficient of variation. */
export const costs = (n: number, mean: number, variation = 0.5): Partial<ArmTally> => ({
  costCount: n, costSum: mean * n, costSquares: mean * mean * (1 + variation ** 2) * n, unitRequests: n, unitRequestsSquared: n,
});

export const tally = (stage: number, candidate: ArmTally, control: ArmTally): StageTally => ({ stage, candidate, control, rest: emptyTally() });

export const evidenceOf = (stages: readonly StageTally[], lastCandidateDataAt: number | null = START): Evidence => ({ stages, lastCandidateDataAt });

export const identity = { rolloutId: 'r1', target: { model: 'assistant', workload: 'support' }, cycleId: 'c1', version: 'v2-b', baseVersion: 'v1-a' };

const references = { success: 0.85 };

export const orderNames = ['rollout.pause', 'rollout.resume', 'rollout.advance', 'rollout.rollback', 'candidate.approve', 'candidate.reject'] as const;
export type OrderName = (typeof orderNames)[number];

/** A rollout driven by events, keeping all that was decided. */
export class Driver {
  readonly initial: RolloutState = newRollout(identity, START);
  readonly decisions: Decision[] = [];
  state: RolloutState = this.initial;

  constructor(readonly policy: RolloutPolicy = quickPolicy()) {}

  send(event: DecideEvent): Decision {
    const decision = decide(this.state, event, this.policy);
    this.state = decision.state;
    this.decisions.push(decision);
    return decision;
  }

  judged(outcome: 'passed' | 'insufficient' = 'passed'): Decision {
    return this.send({ type: 'judged', at: START, outcome, message: 'gates' });
  }

  considered(differs: Partial<Extract<DecideEvent, { type: 'considered' }>> = {}): Decision {
    return this.send({ type: 'considered', at: START, champion: 'v1-a', placeFree: true, automationHeld: false, references, ...differs });
  }

  evaluated(at: number, stages: readonly StageTally[], differs: { automationHeld?: boolean; lastCandidateDataAt?: number | null; successor?: string } = {}): Decision {
    const { automationHeld = false, lastCandidateDataAt = at, successor } = differs;
    return this.send({ type: 'evaluated', at, evidence: evidenceOf(stages, lastCandidateDataAt), automationHeld, ...(successor !== undefined && { successor }) });
  }

  ordered(name: OrderName, at: number, differs: { stages?: readonly StageTally[]; issuedAt?: number; stage?: number; evidence?: number } = {}): Decision {
    const fields = { commandId: `${name}-${at}`, actor: 'ada', reason: 'because', model: 'assistant', workload: 'support', issuedAt: new Date(differs.issuedAt ?? at).toISOString() };
    const { stage, evidence: row } = differs;
    const basis = { ...(stage !== undefined && { stage }), ...(row !== undefined && { evidence: row }) };
    const command = name === 'candidate.approve' || name === 'candidate.reject' ? { name, ...fields, version: 'v2-b', ...basis } : { name, ...fields };
    return this.send({ type: 'commanded', at, command, evidence: evidenceOf(differs.stages ?? [], at) });
  }

  started(): this {
    this.judged();
    this.considered();
    return this;
  }

  get transitions() {
    return this.decisions.flatMap(({ transitions }) => transitions);
  }
}
