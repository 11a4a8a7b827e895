import { type Command, type VersionPublished, type VitalsCounted } from '@ratchet/domain';
import { derivedId, type Logger } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { type Config, policyFor } from '../config.js';
import { decideExperiment } from '../experiment/decide-experiment.js';
import { type ExperimentDecision, type ExperimentEvent, experimentPolicyOf, type StopCommand } from '../experiment/experiment-decision.js';
import { settingsOf, type StartCommand, whyNotSettings } from '../experiment/experiment-settings.js';
import { type ExperimentState, hasArms, newExperiment } from '../experiment/experiment-state.js';
import { type ExperimentRow, findExperiment, insertExperiment, isVersionKnown, openExperiments, originOf, storeVersion } from '../persistence/experiment.repository.js';
import { addExperimentVitals, loadCounts } from '../persistence/experiment-tally.repository.js';
import { insertRollout, storeCandidate } from '../persistence/rollout.repository.js';
import type { TargetRow } from '../persistence/target.repository.js';
import { decide } from '../rollout/decide.js';
import { noEvidence } from '../rollout/evidence.js';
import { newRollout } from '../rollout/rollout-state.js';
import { carryOut } from './carry-out.js';
import { carryOutExperiment } from './carry-out-experiment.js';

export type ExperimentCommand = Extract<Command, { name: 'experiment.start' | 'experiment.stop' }>;

interface Stepped {
  readonly target: TargetRow;
  readonly state: ExperimentState;
  readonly refusal?: string;
}

/** Whether an experiment has the target's place, and the share that its treatment is served. */
export interface ExperimentPlace {
  readonly target: TargetRow;
  readonly occupied: boolean;
  readonly share: number;
}

interface Parts {
  readonly config: Config;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly logger: Logger;
}

/** A/B tests on their own, inside transactions whose caller holds the target's lock. */
export class Experiments {
  constructor(private readonly parts: Parts) {}

  async learn(tx: Transaction, version: VersionPublished): Promise<void> {
    await storeVersion(tx, version);
  }

  /** Adds counts to their experiment; false where they are of none, or were added before. */
  async count(tx: Transaction, vitals: VitalsCounted): Promise<boolean> {
    const { rolloutId: experimentId = '', arm, version, overridden } = vitals;
    const row = await findExperiment(tx, experimentId);
    if (!row) {
      this.parts.logger.debug('vitals of a rollout or an experiment that is not known here', { rolloutId: experimentId });
      return false;
    }
    // What comes after the end changes no verdict any more.
    if (arm === 'rest' || !hasArms(row.state)) return false;
    if (version !== (arm === 'candidate' ? row.state.treatment : row.state.control)) {
      if (overridden === 0) this.parts.logger.warn('vitals name a version that their arm does not serve; they are not counted', { experimentId, arm, version });
      return false;
    }
    return addExperimentVitals(tx, { experimentId, arm: arm === 'candidate' ? 'treatment' : 'control' }, vitals, this.parts.clock());
  }

  /** Looks at the experiment with traffic, then at the queue, which has the free place before any rollout: a person ordered it. */
  async evaluate(tx: Transaction, target: TargetRow, placeFree: boolean): Promise<ExperimentPlace> {
    let place: ExperimentPlace = { target, occupied: false, share: 0 };
    const at = this.parts.clock();
    const rows = await openExperiments(tx, target.target);
    for (const row of [...rows.filter(({ state }) => hasArms(state)), ...rows.filter(({ state }) => !hasArms(state))]) {
      const { champion } = place.target;
      const event: ExperimentEvent = hasArms(row.state)
        ? { type: 'evaluated', at, champion, counts: await loadCounts(tx, row.state.experimentId) }
        : { type: 'considered', at, champion, placeFree: placeFree && !place.occupied };
      const { state, target: after } = await this.step(tx, { target: place.target, row }, event);
      place = { target: after, occupied: place.occupied || hasArms(state), share: hasArms(state) ? state.settings.share : place.share };
    }
    return place;
  }

  /** Orders an experiment, or says why there can be none: on the topic, where the one who ordered it looks, too. */
  async start(tx: Transaction, target: TargetRow, command: StartCommand): Promise<string | undefined> {
    const { commandId, treatment, control = target.champion, model, workload, actor, reason } = command;
    const settings = settingsOf(command);
    const at = this.parts.clock();
    const identity = { experimentId: commandId, target: { model, workload }, treatment, orderedBy: `human:${actor}`, orderReason: reason, controlIsChampion: command.control === undefined, settings };
    const row: ExperimentRow = { state: newExperiment(identity, control), policy: experimentPolicyOf(policyFor(this.parts.config, workload)) };
    const refusal = whyNotSettings(settings) ?? (await this.whyNotVersions(tx, target, { treatment, control }));
    if (!(await insertExperiment(tx, row, at))) return 'there is an experiment of this id';
    return (await this.step(tx, { target, row }, { type: 'ordered', at, commandId, ...(refusal !== undefined && { refusal }) })).refusal;
  }

  /** Ends the named experiment, or the one with traffic, else the one that waits first. */
  async stop(tx: Transaction, target: TargetRow, command: StopCommand): Promise<string | undefined> {
    const rows = await openExperiments(tx, target.target);
    const named = command.name === 'experiment.stop' ? command.experimentId : undefined;
    const row = named === undefined ? (rows.find(({ state }) => hasArms(state)) ?? rows[0]) : rows.find(({ state }) => state.experimentId === named);
    if (!row) return named === undefined ? 'there is no experiment that it could stop' : `there is no open experiment ${named} of this target`;
    return (await this.step(tx, { target, row }, { type: 'stopped', at: this.parts.clock(), command, counts: await loadCounts(tx, row.state.experimentId) })).refusal;
  }

  /**
   * What an order for the rollout with traffic means where an experiment has it: a rollback ends it, anything else is refused.
   * Undefined where no experiment has the traffic.
   */
  async insteadOfRollout(tx: Transaction, target: TargetRow, command: Command): Promise<{ readonly refusal?: string } | undefined> {
    if (!command.name.startsWith('rollout.')) return undefined;
    const running = (await openExperiments(tx, target.target)).find(({ state }) => hasArms(state));
    if (!running) return undefined;
    if (command.name !== 'rollout.rollback') return { refusal: `experiment ${running.state.experimentId} has the traffic, and there is no rollout to be told; stop it with experiment.stop` };
    const refusal = await this.stop(tx, target, command);
    return refusal === undefined ? {} : { refusal };
  }

  private async whyNotVersions(tx: Transaction, { target, champion }: TargetRow, { treatment, control }: { treatment: string; control: string }): Promise<string | undefined> {
    if (treatment === control) return `treatment and control are the same version, ${treatment}`;
    for (const version of [treatment, control]) {
      // The first champion is known by its adoption.
      if (version !== champion && !(await isVersionKnown(tx, target, version))) {
        return `version ${version} is not known for ${target}; \`ratchet registry list\` shows the versions that there are, and training or a fix publishes more`;
      }
    }
    return undefined;
  }

  private async step(tx: Transaction, { target, row }: { target: TargetRow; row: ExperimentRow }, event: ExperimentEvent): Promise<Stepped> {
    const decision = decideExperiment(row.state, event, row.policy);
    const after = await carryOutExperiment({ tx, target, row, decision });
    for (const { from, to, actor, reason, sequence } of decision.transitions) {
      this.parts.logger.info('experiment transition', { experimentId: row.state.experimentId, target: target.target, treatment: row.state.treatment, sequence, from, to, actor, reason });
    }
    if (decision.effects.some(({ type }) => type === 'openRollout')) await this.openRollout(tx, after, decision);
    const refusal = decision.effects.find((effect) => effect.type === 'refuse');
    return { target: after, state: decision.state, ...(refusal && { refusal: refusal.message }) };
  }

  /** The winner is shipped as any candidate is: through every stage. */
  private async openRollout(tx: Transaction, target: TargetRow, { state: { experimentId, treatment, target: of }, transitions }: ExperimentDecision): Promise<void> {
    const at = this.parts.clock();
    const identity = { rolloutId: derivedId('rollout', target.target, experimentId, treatment), target: of, cycleId: experimentId, version: treatment, baseVersion: target.champion };
    const state = newRollout(identity, at);
    const policy = policyFor(this.parts.config, of.workload);
    if (!(await insertRollout(tx, state, policy))) return;
    await storeCandidate(tx, target.target, { version: treatment, cycleId: experimentId, ...(await originOf(tx, target.target, treatment)) });
    const message = `it won experiment ${experimentId}: ${transitions.at(-1)?.reason ?? ''}`;
    const decision = decide(state, { type: 'judged', at, outcome: 'passed', message }, policy);
    await carryOut({ tx, target, row: { state, policy, lastCandidateDataAt: null }, decision, evidence: noEvidence });
  }
}
