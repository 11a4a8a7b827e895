import { Inject, Injectable } from '@nestjs/common';
import { type CandidateJudged, type CandidateRegistered, type Target, targetKey, type VitalsCounted } from '@ratchet/domain';
import { derivedId, Logger } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG, type HandlerTransaction } from '@ratchet/service';
import { type Config, policyFor } from '../config.js';
import { type CandidateDecision, storeVerdict, takeDecisions } from '../persistence/decision.repository.js';
import { noteOffset } from '../persistence/evidence-offset.repository.js';
import { findCandidate, findRollout, insertRollout, openRollouts, type RolloutRow, storeCandidate } from '../persistence/rollout.repository.js';
import { addBaseline, addVitals, loadEvidence, matureUnits, noteUnsafe, referencesFor } from '../persistence/tally.repository.js';
import { endDraining, lockTarget, type TargetRow } from '../persistence/target.repository.js';
import { decide } from '../rollout/decide.js';
import type { DecideEvent } from '../rollout/decision.js';
import { type Evidence, noEvidence } from '../rollout/evidence.js';
import { hasTraffic, newRollout, type RolloutState } from '../rollout/rollout-state.js';
import { carryOut } from './carry-out.js';
import { Experiments } from './experiments.js';
import { RolloutMetrics, type Shown } from './rollout-metrics.js';
import { tellRefusal } from './tell-refusal.js';

/** The time, as a dependency, so that tests own it. */
export const CLOCK = Symbol('clock');
export type Clock = () => number;

export interface Outcome {
  readonly target: TargetRow;
  readonly state: RolloutState;
  readonly refusal?: string;
}

interface Step {
  readonly target: TargetRow;
  readonly row: RolloutRow;
  readonly event: DecideEvent;
  readonly evidence: Evidence;
}

/** Topics have no order among each other: a verdict may be read before the adoption that it rests on. It waits in the queue. */
const notYetAdopted = (key: string, target: Target): TargetRow => ({ target: key, ...target, champion: '', previousChampion: null, revision: 0, automationHeld: false, draining: null });

/** A verdict that names nothing that it waits for is of an evaluator that let a person decide. */
const opensRollout = (verdict: CandidateJudged): verdict is CandidateJudged & { readonly outcome: 'passed' | 'insufficient' } =>
  verdict.outcome === 'passed' || (verdict.outcome === 'insufficient' && verdict.awaits !== 'more_data');

/** Runs decisions inside transactions. Every method that may move a rollout locks its target first. */
@Injectable()
export class Rollouts {
  /** By target; paces evaluations, decides nothing. */
  private readonly lookedAt = new Map<string, number>();
  /** They and rollouts share one place for traffic a target. */
  readonly experiments: Experiments;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(RolloutMetrics) private readonly metrics: RolloutMetrics,
  ) {
    this.experiments = new Experiments({ config, clock, logger });
  }

  async register(tx: Transaction, candidate: CandidateRegistered): Promise<void> {
    await storeCandidate(tx, targetKey(candidate), candidate);
    await this.evaluate(tx, targetKey(candidate));
  }

  async judge(tx: Transaction, verdict: CandidateJudged): Promise<void> {
    const { cycleId, model, workload, version, baseVersion, message } = verdict;
    const key = targetKey({ model, workload });
    const target = (await lockTarget(tx, key)) ?? notYetAdopted(key, { model, workload });
    await storeVerdict(tx, verdict);
    if (!opensRollout(verdict)) return this.dropDecisions(tx, key, verdict);
    const at = this.clock();
    const rolloutId = derivedId('rollout', key, cycleId, version);
    const state = newRollout({ rolloutId, target: { model, workload }, cycleId, version, baseVersion }, at);
    const policy = policyFor(this.config, workload);
    if (!(await insertRollout(tx, state, policy))) return;
    const row: RolloutRow = { state, policy, lastCandidateDataAt: null };
    const judged = await this.step(tx, { target, row, event: { type: 'judged', at, outcome: verdict.outcome, message }, evidence: noEvidence });
    await this.obeyEarlier(tx, { target: judged.target, row: { ...row, state: judged.state } }, verdict);
    await this.evaluate(tx, key);
  }

  /** What people decided before the verdict was read here. A rejection holds whatever the gates say, an approval rests on what they said. */
  private async obeyEarlier(tx: Transaction, from: Pick<Step, 'target' | 'row'>, { version, judgedAt }: CandidateJudged): Promise<void> {
    let { target, row } = from;
    for (const command of await takeDecisions(tx, target.target, version)) {
      if (command.name === 'candidate.approve' && Date.parse(command.issuedAt) < Date.parse(judgedAt)) {
        this.refused(tx, command, 'it was given before the verdict; look at it and approve again');
        continue;
      }
      const { refusal, ...after } = await this.step(tx, { target, row, event: { type: 'commanded', at: this.clock(), command, evidence: noEvidence }, evidence: noEvidence });
      if (refusal !== undefined) this.refused(tx, command, refusal);
      target = after.target;
      row = { ...row, state: after.state };
    }
  }

  private async dropDecisions(tx: Transaction, key: string, { version, outcome }: CandidateJudged): Promise<void> {
    for (const command of await takeDecisions(tx, key, version)) this.refused(tx, command, `the gates' verdict on it is ${outcome}`);
  }

  private refused(tx: Transaction, command: CandidateDecision, why: string): void {
    const { commandId, name, actor, version } = command;
    tellRefusal(tx, command, { why, at: this.clock() });
    this.logger.warn('a command was refused', { commandId, command: name, actor, version, why });
  }

  async count(tx: HandlerTransaction, vitals: VitalsCounted): Promise<void> {
    if (vitals.arm !== 'candidate') await addBaseline(tx, vitals);
    if (vitals.rolloutId === undefined || vitals.stage === undefined) return;
    const key = targetKey(vitals);
    const target = await lockTarget(tx, key);
    if (!target) return;
    const row = await findRollout(tx, vitals.rolloutId);
    if (!row) {
      if ((await this.experiments.count(tx, vitals)) && this.isWorthALook(vitals, key)) this.evaluateAtEnd(tx, key);
      return;
    }
    if (vitals.version !== (vitals.arm === 'candidate' ? row.state.version : row.state.baseVersion)) {
      // A tester's override is counted apart, in the rest; anywhere else it is somebody's mistake.
      if (vitals.overridden === 0) this.logger.warn('vitals name a version that their arm does not serve; they are not counted', { rolloutId: vitals.rolloutId, arm: vitals.arm, version: vitals.version });
      return;
    }
    await addVitals(tx, row, vitals, this.clock());
    if (tx.position) await noteOffset(tx, vitals.rolloutId, tx.position);
    this.metrics.noteEvidence(key, Date.parse(vitals.to));
    if (vitals.arm === 'candidate' && vitals.unsafe > 0) await endDraining(tx, target, vitals.rolloutId, this.clock());
    if (hasTraffic(row.state) && this.isWorthALook(vitals, key)) this.evaluateAtEnd(tx, key);
  }

  async noteUnsafe(tx: HandlerTransaction, unsafe: Parameters<typeof noteUnsafe>[1] & { readonly target: string }): Promise<void> {
    const target = await lockTarget(tx, unsafe.target);
    if (!target || !(await noteUnsafe(tx, unsafe))) return;
    if (tx.position && (await findRollout(tx, unsafe.rolloutId))) await noteOffset(tx, unsafe.rolloutId, tx.position);
    if (unsafe.arm === 'candidate') await endDraining(tx, target, unsafe.rolloutId, this.clock());
    this.evaluateAtEnd(tx, unsafe.target);
  }

  /** Counts of two arms come one after the other: in between, their split looks broken. */
  private evaluateAtEnd(tx: Transaction, key: string): void {
    tx.atEnd(`evaluate ${key}`, () => this.evaluate(tx, key));
  }

  /** Looks at the rollout with traffic, then at the queue. */
  async evaluate(tx: Transaction, key: string): Promise<void> {
    let target = await lockTarget(tx, key);
    if (!target) return;
    const at = this.clock();
    this.lookedAt.set(key, at);
    const { automationHeld } = target;
    let shown: Shown | undefined;
    let placeFree = true;
    const rows = await openRollouts(tx, key);
    const successor = await this.successorOf(tx, target, rows);
    for (const row of rows.filter(({ state }) => hasTraffic(state))) {
      await matureUnits(tx, row.state.rolloutId, at);
      const evidence = await loadEvidence(tx, row);
      const outcome = await this.step(tx, { target, row, event: { type: 'evaluated', at, evidence, automationHeld, ...(successor && { successor: successor.state.version }) }, evidence });
      target = outcome.target;
      if (hasTraffic(outcome.state)) [placeFree, shown] = [false, { ...row, state: outcome.state }];
    }
    // What a newer candidate has made room for is its own.
    const experiment = await this.experiments.evaluate(tx, target, placeFree && !successor);
    target = experiment.target;
    if (experiment.occupied) [placeFree, shown] = [false, { state: { stage: 1, share: experiment.share } }];
    const queue = rows.filter(({ state }) => !hasTraffic(state));
    for (const row of successor ? [successor, ...queue.filter((one) => one !== successor)] : queue) {
      // A promotion must name its datasets and opportunities, so a rollout waits for its registration.
      const ready = placeFree && (await findCandidate(tx, row.state)) !== undefined;
      const references = await referencesFor(tx, key, target.champion);
      const event: DecideEvent = { type: 'considered', at, champion: target.champion, placeFree: ready, automationHeld, references };
      const outcome: Outcome = await this.step(tx, { target, row, event, evidence: noEvidence });
      target = outcome.target;
      if (hasTraffic(outcome.state)) [placeFree, shown] = [false, { ...row, state: outcome.state }];
    }
    this.metrics.show(key, shown, at);
  }

  /** The newest candidate that could start and whose policy is not to wait for an older one. A paused rollout is a person's, so it is waited for. */
  private async successorOf(tx: Transaction, { champion, automationHeld }: TargetRow, rows: readonly RolloutRow[]): Promise<RolloutRow | undefined> {
    const busy = rows.findLastIndex(({ state }) => hasTraffic(state));
    if (automationHeld || rows[busy]?.state.status === 'PAUSED') return undefined;
    for (const row of rows.slice(busy + 1).reverse()) {
      if (row.policy.whenBusy !== 'supersede' || row.state.status !== 'DRAFT' || row.state.baseVersion !== champion) continue;
      if ((await findCandidate(tx, row.state)) !== undefined) return row;
    }
    return undefined;
  }

  /** One decision, carried out and logged. */
  async step(tx: Transaction, { target, row, event, evidence }: Step): Promise<Outcome> {
    const decision = decide(row.state, event, row.policy);
    const refusal = decision.effects.find((effect) => effect.type === 'refuse');
    const after = await carryOut({ tx, target, row, decision, evidence });
    for (const { from, to, actor, reason, sequence } of decision.transitions) {
      this.logger.info('rollout transition', { rolloutId: row.state.rolloutId, target: target.target, version: row.state.version, sequence, from, to, actor, reason });
    }
    this.metrics.count(decision, { target: target.target, event: event.type, at: event.at });
    return { target: after, state: decision.state, ...(refusal && { refusal: refusal.message }) };
  }

  /**
   * Unsafe answers and errors are looked at at once. A busy target's vitals come hundreds a second, and an evaluation costs
   * most of 5 ms, so for the rest one look a tick's length is enough: the next tick is as near.
   */
  private isWorthALook({ arm, unsafe, errors, fellBack }: VitalsCounted, key: string): boolean {
    if (arm === 'candidate' && unsafe + errors + fellBack > 0) return true;
    return arm !== 'rest' && this.clock() - (this.lookedAt.get(key) ?? 0) >= this.config.TICK_MS;
  }
}
