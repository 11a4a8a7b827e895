import { Controller } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import {
  type BudgetChanged, budgetChanged, type CommandRefused, commandRefused, type DatasetVersioned, datasetVersioned, type ErasureCompleted, erasureCompleted, type ExperimentConcluded, experimentConcluded, type FixProposed,
  fixProposed, type OpportunityClosed, opportunityClosed, type OpportunityRanked, opportunityRanked, type ReviewChanged, reviewChanged, type ReviewItem, type Target, type TrainingFailed, trainingFailed, type TrainingStarted, trainingStarted,
} from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';
import { budgetChanges, type Change, opportunityChange } from './changes-of-state.js';
import { chainDecision } from './decision-chain.js';
import { changeRecordOf, type Facts } from './decision-record.js';
import { reviewDecisions } from './review-decisions.js';
import { storable } from '@ratchet/persistence';

const serviceOf = ({ source }: EventEnvelope): string => source.split('/').at(-1) ?? source;

interface Told extends Target {
  readonly cycleId?: string;
}

/** Puts what a service decided on the record, in the name of the service. */
const chain = (tx: Transaction, event: EventEnvelope<Told>, { kind, reason, before, after }: Change, happenedAt: string): void => {
  const { model, workload, cycleId = event.correlationid } = event.data;
  chainDecision(tx, changeRecordOf({ decisionId: derivedId('decision', event.id, kind), kind, actor: serviceOf(event), reason, model, workload, cycleId, before, after, happenedAt }));
};

/** Of optional fields, those that are there. */
const present = (facts: Readonly<Record<string, Facts[string] | undefined>>): Facts => Object.fromEntries(Object.entries(facts).filter((entry): entry is [string, Facts[string]] => entry[1] !== undefined));

/**
 * Decisions that are no rollout, verdict or command. What they found is what the console knew until now: the module names this class before those
 * that store what is told.
 */
@Controller()
export class DecisionsHandlers {
  @OnEvent(commandRefused)
  async onRefused(event: EventEnvelope<CommandRefused>, tx: Transaction): Promise<void> {
    const { commandId, name, actor, message, refusedAt } = event.data;
    chain(tx, event, { kind: 'command.refused', reason: message, before: {}, after: { commandId, command: name, orderedBy: actor } }, refusedAt);
  }

  @OnEvent(trainingStarted)
  async onStarted(event: EventEnvelope<TrainingStarted>, tx: Transaction): Promise<void> {
    const { trigger, triggerReason, baseVersion, trainingRunId, datasetIds, opportunityIds, failuresAnalyzed, exampleCount, fixId, backend, startedAt } = event.data;
    const after = present({ trainingRunId, trigger, datasets: datasetIds.length, opportunities: opportunityIds.length, failuresAnalyzed, examples: exampleCount, fixId, backend });
    chain(tx, event, { kind: 'cycle.started', reason: `${trigger}: ${triggerReason}`, before: { version: baseVersion }, after }, startedAt);
  }

  /** What a trainer says may quote its data; the code is the service's own. */
  @OnEvent(trainingFailed)
  async onFailed(event: EventEnvelope<TrainingFailed>, tx: Transaction): Promise<void> {
    const { trainingRunId, code = 'failed', failedAt } = event.data;
    chain(tx, event, { kind: 'training.failed', reason: code, before: { state: 'training' }, after: { state: 'training failed', trainingRunId, code } }, failedAt);
  }

  @OnEvent(datasetVersioned)
  async onDataset(event: EventEnvelope<DatasetVersioned>, tx: Transaction): Promise<void> {
    const { datasetId, previousDatasetId = null, purpose, trainCount, testCount, contentHash, opportunityIds, rejected, versionedAt } = event.data;
    const turnedDown = rejected.reduce((sum, { count }) => sum + count, 0);
    const after = { datasetId, purpose, train: trainCount, test: testCount, turnedDown, opportunities: opportunityIds.length, contentHash };
    chain(tx, event, { kind: 'dataset.versioned', reason: `${trainCount} examples to learn from and ${testCount} to test with were accepted, ${turnedDown} turned down`, before: { datasetId: previousDatasetId }, after }, versionedAt);
  }

  @OnEvent(fixProposed)
  async onFix(event: EventEnvelope<FixProposed>, tx: Transaction): Promise<void> {
    const { fixId, fixType, opportunityId, baseVersion, datasetId, strategy, proposedAt } = event.data;
    const after = present({ fixId, fixType, opportunityId, datasetId, strategy: strategy?.strategyId });
    chain(tx, event, { kind: 'fix.proposed', reason: `${fixType} for an opportunity`, before: { version: baseVersion }, after }, proposedAt);
  }

  @OnEvent(experimentConcluded)
  async onConcluded(event: EventEnvelope<ExperimentConcluded>, tx: Transaction): Promise<void> {
    const { experimentId, control, treatment, verdict, difference, lower, upper, pValue, reason = verdict, concludedAt } = event.data;
    chain(tx, event, { kind: 'experiment.concluded', reason, before: { verdict: null }, after: present({ experimentId, control, treatment, verdict, difference, lower, upper, pValue }) }, concludedAt);
  }

  @OnEvent(opportunityRanked)
  async onRanked(event: EventEnvelope<OpportunityRanked>, tx: Transaction): Promise<void> {
    const change = opportunityChange(await this.opportunity(tx, event.data.opportunityId), event.data);
    if (change) chain(tx, event, change, event.data.rankedAt);
  }

  @OnEvent(opportunityClosed)
  async onClosed(event: EventEnvelope<OpportunityClosed>, tx: Transaction): Promise<void> {
    const { opportunityId, reason, version, closedAt } = event.data;
    const known = await this.opportunity(tx, opportunityId);
    const before = { closed: known?.closed?.reason ?? null, ...(known && { rootCause: known.body.rootCause }) };
    chain(tx, event, { kind: 'opportunity.closed', reason, before, after: present({ opportunityId, closed: reason, version }) }, closedAt);
  }

  @OnEvent(budgetChanged)
  async onBudget(event: EventEnvelope<BudgetChanged>, tx: Transaction): Promise<void> {
    const { component, model, workload, changedAt } = event.data;
    const [row] = await tx.query<{ body: BudgetChanged; isLater: boolean }>('select body, changed_at > $4 as "isLater" from budgets where component = $1 and model = $2 and workload = $3', [component, ...storable([model, workload]), changedAt]);
    if (!row?.isLater) for (const change of budgetChanges(row?.body, event.data)) chain(tx, event, change, changedAt);
  }

  @OnEvent(reviewChanged)
  async onReview(event: EventEnvelope<ReviewChanged>, tx: Transaction): Promise<void> {
    const { item, changedAt } = event.data;
    const [row] = await tx.query<{ body: ReviewItem; isLater: boolean }>('select body, changed_at > $2 as "isLater" from review_items where example_id = $1', [storable(item.exampleId), changedAt]);
    if (row?.isLater) return;
    for (const decision of reviewDecisions(row?.body, event.data, serviceOf(event))) chainDecision(tx, changeRecordOf(decision));
  }

  @OnEvent(erasureCompleted)
  async onErasure(event: EventEnvelope<ErasureCompleted>, tx: Transaction): Promise<void> {
    const { erasureId, service, userHash, removed, datasetIds, versions, completedAt } = event.data;
    const rows = Object.values(removed).reduce((sum, count) => sum + count, 0);
    chain(tx, event, { kind: 'erasure.completed', reason: `${service} removed what it kept of a user`, before: {}, after: { erasureId, service, userHash, removed: rows, datasets: datasetIds.length, versions: versions.length } }, completedAt);
  }

  private async opportunity(tx: Transaction, opportunityId: string): Promise<{ body: OpportunityRanked; closed: OpportunityClosed | null } | undefined> {
    return (await tx.query<{ body: OpportunityRanked; closed: OpportunityClosed | null }>('select body, closed from opportunities where opportunity_id = $1', [storable(opportunityId)]))[0];
  }
}
