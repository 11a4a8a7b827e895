import { decodeMessage, isEvent, topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import {
  auditRecorded, candidateJudged, candidateRegistered, datasetVersioned, interactionFailed, opportunityRanked, rolloutAdvanced, routingChanged, trainingFailed, trainingStarted,
  versionPromoted, versionPublished, versionRolledBack, vitalsCounted,
} from '@ratchet/domain';
import type { Arm, Bundle, CandidateJudged, RolloutAdvanced, RoutingChanged, Target, TrainingStarted, VersionPromoted, VersionRolledBack } from '@ratchet/domain';
import { TopicTable } from '@ratchet/kafka';
import type { KafkaClient } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';

export interface Rate {
  outcomes: number;
  failures: number;
}

export interface CycleView {
  readonly started: TrainingStarted;
  version?: string;
  trainingFailure?: string;
  verdict?: CandidateJudged;
  stages: RolloutAdvanced[];
  promoted?: VersionPromoted;
  rolledBack?: VersionRolledBack;
}

/** What the demo shows is what the topics say: it follows them like any other consumer. */
export class TopicView {
  readonly cycles = new Map<string, CycleView>();
  /** Topics are read side by side: a verdict may come before the start of its cycle. */
  private readonly early = new Map<string, EventEnvelope[]>();
  readonly bundles = new Map<string, Bundle>();
  routing: RoutingChanged | undefined;
  readonly rates = new Map<string, Rate>();
  failuresSeen = 0;
  opportunities = new Map<string, number>();
  readonly analyses = new Set<string>();
  /** Cycles that are on the record. */
  readonly recorded = new Set<string>();
  examples = 0;
  private readonly table: TopicTable;

  constructor(
    kafka: KafkaClient,
    private readonly target: Target,
  ) {
    const followed = [topics.candidates, topics.verdicts, topics.promotions, topics.routing, topics.versions, topics.vitals, topics.opportunities, topics.datasets, topics.signals, topics.audit];
    this.table = new TopicTable({
      kafka,
      topics: followed.map(({ name }) => name),
      logger: Logger.silent(),
      onRecord: (record) => {
        const decoded = decodeMessage(record, record.topic);
        if (!decoded.ok) return;
        if (isEvent(decoded.event, auditRecorded)) this.recorded.add(decoded.event.data.record.cycle_id);
        else if (this.isOurs(decoded.event)) this.take(decoded.event);
      },
    });
  }

  start(): Promise<void> {
    return this.table.start();
  }

  stop(): Promise<void> {
    return this.table.stop();
  }

  /** Cycles in the order in which they began. */
  get history(): CycleView[] {
    return [...this.cycles.values()];
  }

  rateOf(version: string, arm?: Arm): Rate {
    const sum: Rate = { outcomes: 0, failures: 0 };
    for (const [key, { outcomes, failures }] of this.rates) {
      if (!key.startsWith(`${version} `) || (arm && !key.endsWith(` ${arm}`))) continue;
      sum.outcomes += outcomes;
      sum.failures += failures;
    }
    return sum;
  }

  private isOurs({ data }: EventEnvelope): boolean {
    const { model, workload } = data as Partial<Target>;
    return model === this.target.model && workload === this.target.workload;
  }

  private take(event: EventEnvelope): void {
    if (isEvent(event, trainingStarted)) this.openCycle(event.data);
    else if (isEvent(event, routingChanged)) this.routing = event.data;
    else if (isEvent(event, versionPublished)) this.bundles.set(event.data.versionId, event.data.bundle);
    else if (isEvent(event, interactionFailed)) this.failuresSeen += 1;
    else if (isEvent(event, opportunityRanked)) {
      this.opportunities.set(event.data.opportunityId, event.data.priority);
      this.analyses.add(event.data.analysisId);
    }
    else if (isEvent(event, datasetVersioned)) this.examples += event.data.purpose === 'training' ? event.data.trainCount + event.data.testCount : 0;
    else if (isEvent(event, vitalsCounted)) {
      const key = `${event.data.version} ${event.data.arm}`;
      const rate = this.rates.get(key) ?? { outcomes: 0, failures: 0 };
      this.rates.set(key, { outcomes: rate.outcomes + event.data.outcomes, failures: rate.failures + event.data.failures });
    } else this.takeOfCycle(event);
  }

  private openCycle(started: TrainingStarted): void {
    this.cycles.set(started.cycleId, { started, stages: [] });
    const early = this.early.get(started.cycleId) ?? [];
    this.early.delete(started.cycleId);
    for (const event of early) this.takeOfCycle(event);
  }

  private takeOfCycle(event: EventEnvelope): void {
    const { cycleId } = event.data as { cycleId?: string };
    if (cycleId === undefined) return;
    const cycle = this.cycles.get(cycleId);
    if (!cycle) {
      this.early.set(cycleId, [...(this.early.get(cycleId) ?? []), event]);
      return;
    }
    if (isEvent(event, candidateRegistered)) cycle.version = event.data.version;
    else if (isEvent(event, trainingFailed)) cycle.trainingFailure = event.data.reason;
    else if (isEvent(event, candidateJudged)) cycle.verdict = event.data;
    else if (isEvent(event, rolloutAdvanced)) cycle.stages.push(event.data);
    else if (isEvent(event, versionPromoted)) cycle.promoted = event.data;
    else if (isEvent(event, versionRolledBack)) cycle.rolledBack = event.data;
  }
}
