import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import {
  type Command, commandIssued, type CommandRefused, commandRefused, type ExperimentConcluded, experimentConcluded, type ExperimentUpdated, experimentUpdated, type RolloutAdvanced,
  rolloutAdvanced, type VersionPromoted, versionPromoted, type VersionRolledBack, versionRolledBack,
} from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { noteChange } from '../live/change-feed.js';
import { storeExperimentStep } from './experiments.repository.js';
import { isOfRollouts, storeOrder, storeRefusal } from './orders.repository.js';
import { storeConclusion, storeTransition } from './rollouts.repository.js';

// An event id may be longer than an index takes.
const idOf = (eventId: string): string => derivedId('rollout transition', eventId);

/** Rollouts and experiments, as their topics tell of them. */
@Controller()
export class RolloutsHandlers {
  @OnEvent(rolloutAdvanced)
  async onAdvanced({ id, data }: EventEnvelope<RolloutAdvanced>, tx: Transaction): Promise<void> {
    const { from, to, stage, share, sequence, actor, reason, terms = null, needsPerson = null, commandId = null, advancedAt } = data;
    const move = { kind: 'advanced' as const, sequence, state: to, stage, share, actor, reason, terms, needsPerson, at: new Date(advancedAt) };
    await storeTransition(tx, { ...data, transitionId: idOf(id), from, metric: null, commandId, move });
    noteChange(tx, 'rollouts');
  }

  @OnEvent(versionPromoted)
  async onPromoted({ id, data }: EventEnvelope<VersionPromoted>, tx: Transaction): Promise<void> {
    const { sequence = null, actor, reason, commandId = null, promotedAt } = data;
    const move = { kind: 'promoted' as const, sequence, state: 'PROMOTED', stage: 0, share: 1, actor, reason, terms: null, needsPerson: false, at: new Date(promotedAt) };
    await storeTransition(tx, { ...data, transitionId: idOf(id), from: null, metric: null, commandId, move });
    noteChange(tx, 'rollouts');
  }

  @OnEvent(versionRolledBack)
  async onRolledBack({ id, data }: EventEnvelope<VersionRolledBack>, tx: Transaction): Promise<void> {
    const { sequence = null, stage, metric, actor, reason, commandId = null, rolledBackAt } = data;
    const move = { kind: 'rolledback' as const, sequence, state: 'ROLLED_BACK', stage, share: 0, actor, reason, terms: null, needsPerson: false, at: new Date(rolledBackAt) };
    await storeTransition(tx, { ...data, transitionId: idOf(id), from: null, metric, commandId, move });
    noteChange(tx, 'rollouts');
  }

  @OnEvent(experimentUpdated)
  async onExperiment({ data }: EventEnvelope<ExperimentUpdated>, tx: Transaction): Promise<void> {
    await storeExperimentStep(tx, data);
    noteChange(tx, 'experiments');
  }

  /** A rollout is also read as a test at its end. */
  @OnEvent(experimentConcluded)
  async onConcluded({ data }: EventEnvelope<ExperimentConcluded>, tx: Transaction): Promise<void> {
    await storeConclusion(tx, data);
    noteChange(tx, 'experiments');
    noteChange(tx, 'rollouts');
  }

  @OnEvent(commandIssued)
  async onCommand({ data }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    if (!isOfRollouts(data)) return;
    await storeOrder(tx, data);
    noteChange(tx, 'rollouts');
    noteChange(tx, 'experiments');
  }

  @OnEvent(commandRefused)
  async onRefused({ data }: EventEnvelope<CommandRefused>, tx: Transaction): Promise<void> {
    await storeRefusal(tx, data);
    noteChange(tx, 'rollouts');
    noteChange(tx, 'experiments');
  }
}
