import { Inject, Injectable } from '@nestjs/common';
import { type Command, targetKey, versionIdOf, versionRolledBack } from '@ratchet/domain';
import { derivedId, Logger } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import { type Config, policyFor } from '../config.js';
import { keepDecision, whyNotOpen } from '../persistence/decision.repository.js';
import { findPromotion, handleCommandOnce, openRollouts, type RolloutRow } from '../persistence/rollout.repository.js';
import { loadEvidence } from '../persistence/tally.repository.js';
import { changeRouting, holdAutomation, insertTarget, lockTarget, type TargetRow } from '../persistence/target.repository.js';
import { emptyTally, recordOf } from '../rollout/evidence.js';
import { hasTraffic } from '../rollout/rollout-state.js';
import { type Clock, CLOCK, Rollouts } from './rollouts.js';
import { tellRefusal } from './tell-refusal.js';

const ours: ReadonlySet<Command['name']> = new Set([
  'target.adopt', 'candidate.approve', 'candidate.reject', 'rollout.pause', 'rollout.resume', 'rollout.advance', 'rollout.rollback', 'automation.hold', 'automation.release',
  'experiment.start', 'experiment.stop',
]);

/** Carries out what people order, once per command id. */
@Injectable()
export class Operators {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(Rollouts) private readonly rollouts: Rollouts,
  ) {}

  async obey(tx: Transaction, command: Command): Promise<void> {
    if (!ours.has(command.name) || !(await handleCommandOnce(tx, command, this.clock()))) return;
    const key = targetKey(command);
    if (command.name === 'target.adopt') return this.adopt(tx, command);
    const target = await lockTarget(tx, key);
    if (!target) return this.refuse(tx, command, 'the target has no champion; adopt it first');
    if (command.name === 'automation.hold' || command.name === 'automation.release') {
      const held = command.name === 'automation.hold';
      await holdAutomation(tx, key, held);
      this.logger.info(held ? 'the automation is held: no start, advance or promotion by itself; rollbacks still are' : 'the automation is released', this.fields(command));
    } else if (command.name === 'experiment.start' || command.name === 'experiment.stop') {
      const { experiments } = this.rollouts;
      const refusal = await (command.name === 'experiment.start' ? experiments.start(tx, target, command) : experiments.stop(tx, target, command));
      if (refusal !== undefined) this.refuse(tx, command, refusal);
    } else {
      await this.order(tx, target, command);
    }
    await this.rollouts.evaluate(tx, key);
  }

  private async adopt(tx: Transaction, command: Extract<Command, { name: 'target.adopt' }>): Promise<void> {
    const champion = versionIdOf({ ordinal: 1, bundle: command.bundle });
    const target = await insertTarget(tx, { model: command.model, workload: command.workload }, champion);
    if (!target) return this.refuse(tx, command, 'the target has a champion already');
    const { stickTo } = policyFor(this.config, command.workload);
    await changeRouting(tx, target, { champion, stickTo, actor: `human:${command.actor}`, reason: command.reason, at: this.clock() });
    this.logger.info('target adopted', { ...this.fields(command), champion });
    await this.rollouts.evaluate(tx, target.target);
  }

  private async order(tx: Transaction, target: TargetRow, command: Command): Promise<void> {
    const instead = await this.rollouts.experiments.insteadOfRollout(tx, target, command);
    if (instead) return instead.refusal === undefined ? undefined : this.refuse(tx, command, instead.refusal);
    const row = await this.rolloutFor(tx, target, command);
    if (!row) {
      if (command.name === 'rollout.rollback' && target.previousChampion !== null) return this.revert(tx, target, command);
      return this.keepOrRefuse(tx, target, command);
    }
    const evidence = await loadEvidence(tx, row);
    const { refusal } = await this.rollouts.step(tx, { target, row, event: { type: 'commanded', at: this.clock(), command, evidence }, evidence });
    if (refusal !== undefined) this.refuse(tx, command, refusal);
  }

  /** Topics have no order among each other: a person may have read a verdict that has not come here yet. */
  private async keepOrRefuse(tx: Transaction, { target }: TargetRow, command: Command): Promise<void> {
    if (command.name !== 'candidate.approve' && command.name !== 'candidate.reject') return this.refuse(tx, command, 'there is no rollout that it could mean');
    const why = await whyNotOpen(tx, target, command.version);
    if (why !== undefined) return this.refuse(tx, command, why);
    await keepDecision(tx, target, command, this.clock());
    this.logger.info('a decision is kept until its candidate is judged', { ...this.fields(command), version: command.version });
  }

  private async rolloutFor(tx: Transaction, { target }: TargetRow, command: Command): Promise<RolloutRow | undefined> {
    const open = await openRollouts(tx, target);
    if (command.name === 'candidate.approve' || command.name === 'candidate.reject') return open.find(({ state }) => state.version === command.version);
    return open.find(({ state }) => hasTraffic(state));
  }

  /** With no rollout under way, a rollback brings the previous champion back. The finished rollout stays as it ended. */
  private async revert(tx: Transaction, target: TargetRow, command: Command): Promise<void> {
    const { champion, previousChampion } = target;
    const promotion = await findPromotion(tx, target.target, champion);
    if (previousChampion === null || !promotion) return this.refuse(tx, command, 'there is no promotion that it could undo');
    const at = this.clock();
    const actor = `human:${command.actor}`;
    const { rolloutId, cycleId, stage } = promotion.state;
    await changeRouting(tx, target, { champion: previousChampion, stickTo: promotion.policy.stickTo, draining: null, actor, reason: command.reason, at, correlationId: cycleId });
    tx.emit(
      versionRolledBack,
      {
        rolloutId, cycleId, model: target.model, workload: target.workload, version: champion, previousVersion: previousChampion, actor, reason: command.reason, commandId: command.commandId,
        stage, metric: 'operator', evidence: recordOf({ candidate: emptyTally(), baseline: emptyTally() }, []), rolledBackAt: new Date(at).toISOString(),
      },
      { id: derivedId('revert', target.target, target.revision + 1), correlationId: cycleId },
    );
    this.logger.info('the previous champion serves again', { ...this.fields(command), champion: previousChampion, instead: champion });
  }

  private refuse(tx: Transaction, command: Command, why: string): void {
    tellRefusal(tx, command, { why, at: this.clock() });
    this.logger.warn('a command was refused', { ...this.fields(command), why });
  }

  private fields({ commandId, name, actor, model, workload }: Command): Record<string, unknown> {
    return { commandId, command: name, actor, target: targetKey({ model, workload }) };
  }
}
