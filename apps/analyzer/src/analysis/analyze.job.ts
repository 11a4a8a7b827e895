import { Inject, Injectable } from '@nestjs/common';
import { opportunityClosed, opportunityRanked, targetKey, targetSchema } from '@ratchet/domain';
import { derivedId, Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import { z } from 'zod';
import { Clusterer } from '../clustering/clusterer.js';
import { FailureEmbedder } from '../embedding/failure-embedder.js';
import { Diagnostics } from '../diagnosis/diagnostics.js';
import { assignOpportunities, countNewFailures, loadFailures } from '../persistence/failure.repository.js';
import { recordHistory } from '../persistence/history.repository.js';
import { closeOpportunities, loadKnownOpportunities, markMissed, saveOpportunity } from '../persistence/opportunity.repository.js';
import { loadFixOutcomes } from '../persistence/outcome.repository.js';
import { dismissedAmong, loadDismissed, rememberRanked, reopenDismissed } from '../persistence/people.repository.js';
import { loadEfforts, readCoverage } from '../persistence/priority.repository.js';
import { recallStrategies, saveChoice, saveStrategy } from '../persistence/strategy.repository.js';
import { finishAnalysis, readTarget, recordAnalysis } from '../persistence/target.repository.js';
import { setDismissedAside, type Suppressed } from './dismissed.js';
import { decideFading, type Fading } from './fading.js';
import { rankOpportunities } from './rank-opportunities.js';
import { Strategist, type Plan } from '../strategies/strategist.js';
import type { Target } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import type { Job } from '@ratchet/service';
import type { Config } from '../config.js';
import type { Failure } from './failure.js';

export const ANALYZE_JOB = 'analyze';
export const analyzeJobKey = (target: Target): string => `${ANALYZE_JOB}:${targetKey(target)}`;
/** Apart from the unconditional job's key, so that neither replaces the other. */
export const analyzeIfNewJobKey = (target: Target): string => `${ANALYZE_JOB}-if-new:${targetKey(target)}`;

/** `newFailuresMin`: do nothing where fewer new failures are left, since an analysis that ran meanwhile has seen them. */
const payloadSchema = targetSchema.extend({ newFailuresMin: z.number().int().optional() });

interface Findings {
  readonly analysisId: string;
  readonly ordinal: number;
  readonly through: number;
  readonly failures: readonly Failure[];
  readonly ranked: Plan['opportunities'];
  readonly made: Plan['made'];
  readonly missed: readonly string[];
  readonly closed: readonly Fading[];
  readonly suppressed: readonly Suppressed[];
  readonly reopened: readonly string[];
  readonly embedding: string;
  readonly clusters: number;
  readonly silhouette: number | null;
  readonly startedMs: number;
}

/** One analysis of one target: failures -> clusters -> ranked opportunities. */
@Injectable()
export class AnalyzeJob implements Job {
  readonly jobName = ANALYZE_JOB;
  private readonly running = new Map<string, Promise<void>>();
  private readonly analyses;
  private readonly durations;
  private readonly opportunities;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(Metrics) metrics: Metrics,
    @Inject(Clusterer) private readonly clusterer: Clusterer,
    @Inject(FailureEmbedder) private readonly embedder: FailureEmbedder,
    @Inject(Strategist) private readonly strategist: Strategist,
    @Inject(Diagnostics) private readonly diagnostics: Diagnostics,
  ) {
    this.analyses = metrics.counter({ name: 'ratchet_analyzer_analyses_total', help: 'Analyses, by outcome', labelNames: ['outcome'] });
    this.durations = metrics.histogram({ name: 'ratchet_analyzer_analysis_duration_seconds', help: 'Time of one analysis', buckets: [0.1, 0.5, 1, 5, 15, 60, 300] });
    this.opportunities = metrics.counter({ name: 'ratchet_analyzer_opportunities_ranked_total', help: 'Opportunities ranked, by root cause', labelNames: ['root_cause'] });
  }

  async run(payload: unknown): Promise<void> {
    const { newFailuresMin, ...target } = payloadSchema.parse(payload);
    const key = targetKey(target);
    // The queue keeps one waiting job a target, but a running one may be overtaken by the next.
    const before = this.running.get(key) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.analyze(target, newFailuresMin));
    this.running.set(key, mine);
    try {
      await mine;
    } finally {
      if (this.running.get(key) === mine) this.running.delete(key);
    }
  }

  private async analyze(target: Target, newFailuresMin: number | undefined): Promise<void> {
    if (newFailuresMin !== undefined && (await countNewFailures(this.database, target)) < newFailuresMin) return;
    const findings = await this.find(target);
    const finished = await this.database.transaction((tx) => this.publish(tx, target, findings));
    const seconds = (performance.now() - findings.startedMs) / 1_000;
    this.analyses.inc({ outcome: finished ? 'finished' : 'overtaken' });
    this.durations.observe(seconds);
    if (finished) for (const { data } of findings.ranked) this.opportunities.inc({ root_cause: data.rootCause });
    this.logger.info(finished ? 'analysis finished' : 'analysis dropped: another one finished first', {
      ...target, analysisId: findings.analysisId, failures: findings.failures.length, clusters: findings.clusters, opportunities: findings.ranked.length,
      closed: findings.closed.length, silhouette: findings.silhouette, seconds: Math.round(seconds * 10) / 10,
    });
  }

  private async find(target: Target): Promise<Findings> {
    const startedMs = performance.now();
    const limits = { failuresMax: this.config.MAX_FAILURES, windowDays: this.config.FAILURE_WINDOW_DAYS };
    const { champion, analyses } = await readTarget(this.database, target);
    const ordinal = analyses + 1;
    const analysisId = derivedId('analysis', target.model, target.workload, ordinal);
    const { failures, through } = await loadFailures(this.database, { ...target, ...limits });
    const { pages, embedding } = this.embedder.embed(failures);
    const { clusters: found, silhouette } = await this.clusterer.cluster(pages, { kMax: this.config.CLUSTER_K_MAX, seed: this.config.CLUSTER_SEED });
    const known = await loadKnownOpportunities(this.database, { ...target, comeBackWeeks: this.config.COME_BACK_WEEKS });
    const [former, dismissed] = [withMembers(known, failures), withMembers(await loadDismissed(this.database, target), failures)];
    const { clusters, suppressed, reopened } = setDismissedAside({ clusters: found, former, dismissed, embedding });
    const [outcomes, efforts, coverage] = await Promise.all([loadFixOutcomes(this.database), loadEfforts(this.database), readCoverage(this.database, { ...target, ...limits, read: failures.length })]);
    const opinion = await this.diagnostics.opinionOn(target, { clusters: clusters.filter(({ memberIds }) => memberIds.length >= this.config.MIN_CLUSTER_SIZE), failures });
    const ranked = rankOpportunities({
      target, champion, failures, clusters, former: [...former, ...reopened], embedding, outcomes, efforts, coverage, opinion, analysisId,
      minClusterSize: this.config.MIN_CLUSTER_SIZE, rankedAt: new Date().toISOString(),
    });
    const { missed, closed } = decideFading({ former, found: ranked.map(({ data }) => data), fadeAfter: this.config.FADE_AFTER_ANALYSES });
    const plan = await this.strategist.plan({ ranked, failures, embedding, ...(await recallStrategies(this.database, ranked, this.config.STRATEGY_REWARD)) });
    const reopenedIds = reopened.map(({ opportunityId }) => opportunityId);
    return { analysisId, ordinal, through, failures, ranked: plan.opportunities, made: plan.made, missed, closed, suppressed, reopened: reopenedIds, embedding, clusters: found.length, silhouette: silhouette ?? null, startedMs };
  }

  private async publish(tx: Transaction, target: Target, findings: Findings): Promise<boolean> {
    const { analysisId, failures } = findings;
    if (!(await finishAnalysis(tx, { ...target, ordinal: findings.ordinal, through: findings.through }))) return false;
    await reopenDismissed(tx, findings.reopened);
    const dismissedMeanwhile = await dismissedAmong(tx, findings.ranked.map(({ data }) => data.opportunityId));
    const ranked = findings.ranked.filter(({ data }) => !dismissedMeanwhile.has(data.opportunityId));
    const groups = [...findings.ranked.map(({ data, memberIds }) => ({ opportunityId: data.opportunityId, memberIds })), ...findings.suppressed];
    const membership = new Map(groups.flatMap(({ opportunityId, memberIds }) => memberIds.map((id) => [id, opportunityId] as const)));
    const interactionIds = failures.map(({ interactionId }) => interactionId);
    await assignOpportunities(tx, { interactionIds, opportunityIds: interactionIds.map((id) => membership.get(id) ?? null) });
    for (const strategy of findings.made) await saveStrategy(tx, strategy);
    for (const { data, centroid, isKept } of ranked) {
      await saveOpportunity(tx, { ...data, embedding: findings.embedding, centroid, analysisId });
      await saveChoice(tx, { ...data, choice: data.strategyChoice, chosenAt: data.rankedAt, isKept });
      await rememberRanked(tx, data);
      tx.emit(opportunityRanked, data, { id: derivedId('ranked', analysisId, data.opportunityId) });
    }
    await recordHistory(tx, ranked.map(({ data }) => data));
    await markMissed(tx, findings.missed);
    for (const { opportunityId, reason } of findings.closed) {
      await closeOpportunities(tx, { opportunityIds: [opportunityId], state: reason, closedBy: analysisId });
      tx.emit(opportunityClosed, { opportunityId, ...target, reason, closedAt: new Date().toISOString() }, { id: derivedId('closed', analysisId, opportunityId) });
    }
    await recordAnalysis(tx, {
      ...target, analysisId, failures: failures.length, clusters: findings.clusters, opportunities: ranked.length, silhouette: findings.silhouette,
      durationMs: performance.now() - findings.startedMs,
    });
    return true;
  }
}

/** Opportunities with their failures that are still in the analysis. */
const withMembers = <Opportunity extends { readonly opportunityId: string }>(opportunities: readonly Opportunity[], failures: readonly Failure[]): (Opportunity & { memberIds: Set<string> })[] => {
  const members = Map.groupBy(failures, ({ opportunityId }) => opportunityId);
  return opportunities.map((opportunity) => ({ ...opportunity, memberIds: new Set(members.get(opportunity.opportunityId)?.map(({ interactionId }) => interactionId)) }));
};
