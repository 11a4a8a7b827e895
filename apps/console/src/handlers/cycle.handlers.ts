import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { candidateJudged, candidateRegistered, commandIssued, rolloutAdvanced, trainingFailed, trainingStarted, versionPromoted, versionRolledBack } from '@ratchet/domain';
import type { CandidateJudged, CandidateRegistered, Command, RolloutAdvanced, TrainingFailed, TrainingStarted, VersionPromoted, VersionRolledBack } from '@ratchet/domain';
import { Logger, RatchetError } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { cycleRecordOf } from '../audit/cycle-record.js';
import type { CycleFacts } from '../audit/cycle-record.js';
import { addDecision, addFacts, appendAudit, cycleOfVersion, endCycle, openCycle, openCycleOf } from '../persistence/console.repository.js';

/** Follows cycles through their topics; when one has ended, its audit record is appended. */
@Controller()
export class CycleHandlers {
  constructor(@Inject(Logger) private readonly logger: Logger) {}

  @OnEvent(trainingStarted)
  async onStarted({ data }: EventEnvelope<TrainingStarted>, tx: Transaction): Promise<void> {
    await openCycle(tx, { started: data });
  }

  @OnEvent(candidateRegistered)
  async onRegistered({ data }: EventEnvelope<CandidateRegistered>, tx: Transaction): Promise<void> {
    await this.add(tx, { cycleId: data.cycleId, state: 'judging', version: data.version, facts: { registered: data } });
  }

  @OnEvent(trainingFailed)
  async onTrainingFailed({ data }: EventEnvelope<TrainingFailed>, tx: Transaction): Promise<void> {
    await this.end(tx, { cycleId: data.cycleId, state: 'training failed', facts: { trainingFailed: data } }, data.failedAt);
  }

  @OnEvent(candidateJudged)
  async onJudged({ data, id }: EventEnvelope<CandidateJudged>, tx: Transaction): Promise<void> {
    const { cycleId, model, workload, outcome, message, judgedAt } = data;
    await addDecision(tx, { decisionId: id, cycleId, model, workload, kind: 'verdict', actor: 'evaluator', reason: `${outcome}: ${message}`, body: data, happenedAt: judgedAt });
    if (outcome === 'passed') await this.add(tx, { cycleId, state: 'rollout', facts: { judged: data } });
    else await this.end(tx, { cycleId, state: outcome === 'failed' ? 'rejected' : outcome, facts: { judged: data } }, judgedAt);
  }

  @OnEvent(rolloutAdvanced)
  async onAdvanced({ data, id }: EventEnvelope<RolloutAdvanced>, tx: Transaction): Promise<void> {
    const { cycleId, model, workload, actor, reason, from, to, advancedAt } = data;
    await addDecision(tx, { decisionId: id, cycleId, model, workload, kind: 'rollout', actor, reason: `${from} → ${to}: ${reason}`, body: data, happenedAt: advancedAt });
  }

  @OnEvent(versionPromoted)
  async onPromoted({ data, id }: EventEnvelope<VersionPromoted>, tx: Transaction): Promise<void> {
    const { cycleId, model, workload, actor, reason, promotedAt } = data;
    await addDecision(tx, { decisionId: id, cycleId, model, workload, kind: 'promotion', actor, reason, body: data, happenedAt: promotedAt });
    await this.end(tx, { cycleId, state: 'promoted', version: data.version, facts: { promoted: data } }, promotedAt);
  }

  @OnEvent(versionRolledBack)
  async onRolledBack({ data, id }: EventEnvelope<VersionRolledBack>, tx: Transaction): Promise<void> {
    const { cycleId, model, workload, actor, reason, rolledBackAt } = data;
    await addDecision(tx, { decisionId: id, cycleId, model, workload, kind: 'rollback', actor, reason, body: data, happenedAt: rolledBackAt });
    await this.end(tx, { cycleId, state: 'rolled back', facts: { rolledBack: data } }, rolledBackAt);
  }

  @OnEvent(commandIssued)
  async onCommand({ data, id }: EventEnvelope<Command>, tx: Transaction): Promise<void> {
    const { model, workload, name, actor, reason, issuedAt } = data;
    const cycle = 'version' in data ? await cycleOfVersion(tx, { model, workload }, data.version) : await openCycleOf(tx, { model, workload });
    await addDecision(tx, { decisionId: id, model, workload, kind: name, actor, reason, body: data, happenedAt: issuedAt, ...(cycle && { cycleId: cycle.cycleId }) });
    const isDecision = /^(candidate|rollout|automation)\./.test(name);
    if (cycle && isDecision) await addFacts(tx, { cycleId: cycle.cycleId, state: cycle.state, facts: { commands: [...(cycle.facts.commands ?? []), data] } });
  }

  /** Topics are read side by side, so a verdict may come before the start of its cycle: then the batch is tried again. */
  private async add(tx: Transaction, change: Parameters<typeof addFacts>[1]): Promise<CycleFacts> {
    const facts = await addFacts(tx, change);
    if (!facts) throw new RatchetError({ code: 'cycle_not_yet_known', message: `cycle ${change.cycleId} has not been read yet`, retryable: true });
    return facts;
  }

  private async end(tx: Transaction, change: Parameters<typeof addFacts>[1], timestamp: string): Promise<void> {
    const facts = await this.add(tx, change);
    await endCycle(tx, change.cycleId);
    await appendAudit(tx, cycleRecordOf(facts, timestamp));
    this.logger.info('a cycle is on the record', { cycleId: change.cycleId, state: change.state });
  }
}
