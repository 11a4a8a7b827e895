import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { candidateJudged, candidateRegistered, commandIssued, experimentUpdated, rolloutAdvanced, trainingFailed, trainingStarted, versionPromoted, versionRolledBack } from '@ratchet/domain';
import type { CandidateJudged, CandidateRegistered, Command, ExperimentUpdated, RolloutAdvanced, TrainingFailed, TrainingStarted, VersionPromoted, VersionRolledBack } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { followsFrom } from '../audit/cycle-order.js';
import { recordableCommand } from '../audit/recordable-command.js';
import { cycleRecordOf, outcomeOfDropped } from '../audit/cycle-record.js';
import type { CycleFacts } from '../audit/cycle-record.js';
import { addDecision, addFacts, appendAudit, cycleOfVersion, endCycle, keepForLater, lockFacts, openCycle, openCycleOf, takeKept } from '../persistence/console.repository.js';
import type { CycleChange } from '../persistence/console.repository.js';

/** Long, and read on its own. */
const withoutCurve = ({ lossCurve: _, ...data }: CandidateRegistered): CandidateRegistered => data;

/** Follows cycles through their topics; when one has ended, its audit record is appended. */
@Controller()
export class CycleHandlers {
  constructor(@Inject(Logger) private readonly logger: Logger) {}

  @OnEvent(trainingStarted)
  async onStarted({ data }: EventEnvelope<TrainingStarted>, tx: Transaction): Promise<void> {
    await lockFacts(tx, data.cycleId);
    await openCycle(tx, { started: data });
    await this.catchUp(tx, data.cycleId);
  }

  @OnEvent(candidateRegistered)
  async onRegistered({ data }: EventEnvelope<CandidateRegistered>, tx: Transaction): Promise<void> {
    await this.note(tx, { cycleId: data.cycleId, state: 'judging', version: data.version, facts: { registered: withoutCurve(data) } });
  }

  @OnEvent(trainingFailed)
  async onTrainingFailed({ data }: EventEnvelope<TrainingFailed>, tx: Transaction): Promise<void> {
    await this.note(tx, { cycleId: data.cycleId, state: 'training failed', facts: { trainingFailed: data }, endedAt: data.failedAt });
  }

  @OnEvent(candidateJudged)
  async onJudged({ data: { changes: _, ...data }, id }: EventEnvelope<CandidateJudged>, tx: Transaction): Promise<void> {
    const { cycleId, model, workload, outcome, awaits, message, judgedAt } = data;
    await addDecision(tx, { eventId: id, cycleId, model, workload, kind: 'verdict', actor: 'evaluator', reason: `${outcome}: ${message}`, body: data, happenedAt: judgedAt });
    if (outcome === 'passed') await this.note(tx, { cycleId, state: 'rollout', facts: { judged: data } });
    // The record of a cycle is written once, so it waits for the person, too.
    else if (outcome === 'insufficient' && awaits === 'person') await this.note(tx, { cycleId, state: 'waiting for a person', facts: { judged: data } });
    else await this.note(tx, { cycleId, state: outcome === 'failed' ? 'rejected' : outcome, facts: { judged: data }, endedAt: judgedAt });
  }

  @OnEvent(rolloutAdvanced)
  async onAdvanced({ data, id }: EventEnvelope<RolloutAdvanced>, tx: Transaction): Promise<void> {
    const { cycleId, model, workload, actor, reason, from, to, advancedAt } = data;
    await addDecision(tx, { eventId: id, cycleId, model, workload, kind: 'rollout', actor, reason: `${from} → ${to}: ${reason}`, body: data, happenedAt: advancedAt });
    if (from === 'AWAITING_APPROVAL' && to === 'DRAFT') await this.note(tx, { cycleId, state: 'rollout', facts: { approved: data } });
    if (to === 'CANCELLED' || to === 'SUPERSEDED') await this.note(tx, { cycleId, state: outcomeOfDropped(data), facts: { dropped: data }, endedAt: advancedAt });
  }

  @OnEvent(experimentUpdated)
  async onExperiment({ data, id }: EventEnvelope<ExperimentUpdated>, tx: Transaction): Promise<void> {
    const { model, workload, actor, reason, status, treatment, control, updatedAt } = data;
    await addDecision(tx, { eventId: id, model, workload, kind: 'experiment', actor, reason: `${treatment} against ${control}, ${status}: ${reason}`, body: data, happenedAt: updatedAt });
  }

  @OnEvent(versionPromoted)
  async onPromoted({ data, id }: EventEnvelope<VersionPromoted>, tx: Transaction): Promise<void> {
    const { cycleId, model, workload, actor, reason, promotedAt } = data;
    await addDecision(tx, { eventId: id, cycleId, model, workload, kind: 'promotion', actor, reason, body: data, happenedAt: promotedAt });
    await this.note(tx, { cycleId, state: 'promoted', version: data.version, facts: { promoted: data }, endedAt: promotedAt });
  }

  @OnEvent(versionRolledBack)
  async onRolledBack({ data, id }: EventEnvelope<VersionRolledBack>, tx: Transaction): Promise<void> {
    const { cycleId, model, workload, actor, reason, rolledBackAt } = data;
    await addDecision(tx, { eventId: id, cycleId, model, workload, kind: 'rollback', actor, reason, body: data, happenedAt: rolledBackAt });
    await this.note(tx, { cycleId, state: 'rolled back', facts: { rolledBack: data }, endedAt: rolledBackAt });
  }

  @OnEvent(commandIssued)
  async onCommand({ data, id }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    const { model, workload, name, actor, reason, issuedAt } = data;
    const cycle = 'version' in data ? await cycleOfVersion(tx, { model, workload }, data.version) : await openCycleOf(tx, { model, workload });
    await addDecision(tx, { eventId: id, model, workload, kind: name, actor, reason, body: recordableCommand(data), happenedAt: issuedAt, ...(cycle && { cycleId: cycle.cycleId }) });
    const isDecision = /^(candidate|rollout|automation)\./.test(name);
    if (cycle && isDecision) await addFacts(tx, { cycleId: cycle.cycleId, state: cycle.state, facts: { commands: [...(cycle.facts.commands ?? []), data] } });
  }

  /** Notes the change once what it follows from has been read, and then what has waited for it. */
  private async note(tx: Transaction, change: CycleChange): Promise<void> {
    const known = await lockFacts(tx, change.cycleId);
    if (!followsFrom(known, change.facts)) return keepForLater(tx, change);
    const facts = await addFacts(tx, change);
    if (change.endedAt !== undefined) await this.end(tx, { ...change, endedAt: change.endedAt }, facts);
    await this.catchUp(tx, change.cycleId);
  }

  private async catchUp(tx: Transaction, cycleId: string): Promise<void> {
    for (const kept of await takeKept(tx, cycleId)) await this.note(tx, kept);
  }

  private async end(tx: Transaction, { cycleId, state, endedAt }: CycleChange & { readonly endedAt: string }, facts: CycleFacts): Promise<void> {
    await endCycle(tx, { cycleId, endedAt });
    await appendAudit(tx, cycleRecordOf(facts, endedAt));
    this.logger.info('a cycle is on the record', { cycleId, state });
  }
}
