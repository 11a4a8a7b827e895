import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { alertRaised, alertResolved, targetKey } from '@ratchet/domain';
import type { Target } from '@ratchet/domain';
import { derivedId, Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { VersionRuntime } from '@ratchet/providers';
import { CONFIG } from '@ratchet/service';
import type { Job } from '@ratchet/service';
import { z } from 'zod';
import type { Config } from '../config.js';
import { runSuite } from '../judging/run-suite.js';
import { EvaluatorMetrics } from '../metrics.js';
import { SuitesRepository } from '../persistence/suites.repository.js';
import { VersionsRepository } from '../persistence/versions.repository.js';
import { SafetySetProvider } from '../safety/safety-set.provider.js';
import { Scoring } from '../scoring/scoring.js';
import { assembleSuite } from '../suites/assemble-suite.js';
import type { SuiteItem } from '../suites/suite-item.js';
import { AaChecksRepository } from './aa-checks.repository.js';
import type { DueCheck, FinishedCheck } from './aa-checks.repository.js';
import { assessAa } from './assess-aa.js';
import type { AaAssessment, AaSide } from './assess-aa.js';

export const AA_CHECK = 'aa-check';
/** Name of the alert. */
const ALERT = 'aa_check';
const payloadSchema = z.object({ model: z.string(), workload: z.string() });

/**
 * Judges a champion against itself, with the questions, the order, the scores and the gates of a judgement. No answer is reused
 * between the two sides, so what they differ by is what the judge adds.
 */
@Injectable()
export class AaCheckJob implements Job {
  readonly jobName = AA_CHECK;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly checks: AaChecksRepository,
    private readonly suites: SuitesRepository,
    private readonly versions: VersionsRepository,
    private readonly safetySet: SafetySetProvider,
    private readonly runtime: VersionRuntime,
    private readonly scoring: Scoring,
    private readonly metrics: EvaluatorMetrics,
    private readonly logger: Logger,
  ) {}

  /** A check that was cut off starts again: it is short, and answers of two times would not be comparable in latency. */
  async run(payload: unknown, stopping: AbortSignal): Promise<void> {
    const target = payloadSchema.parse(payload);
    if (this.config.AA_CHECK_EVERY_MS === 0) return;
    // The tick may have asked twice.
    const [due] = await this.checks.due(this.database, { everyMs: this.config.AA_CHECK_EVERY_MS, target });
    if (!due) return;
    const startedAt = new Date().toISOString();
    const items = await this.itemsOf(due);
    const assessment = assessAa({ items, ...(await this.askTwice(due, { items, signal: stopping })), gateConfig: this.config.GATE_CONFIG });
    await this.database.transaction((tx) => this.conclude(tx, { ...due, ...assessment, startedAt }));
    this.metrics.aaChecks.inc({ outcome: assessment.outcome });
    const { model, workload, versionId, trigger } = due;
    const level = assessment.outcome === 'different' ? 'warn' : 'info';
    this.logger[level]('judged a champion against itself', { model, workload, version: versionId, trigger, outcome: assessment.outcome, scored: assessment.scored, faults: assessment.faults, reason: assessment.message });
  }

  /** All but safety, which is asked of candidates only. Without an imported suite, what earlier cycles fixed is there to be asked. */
  private async itemsOf(target: Target): Promise<SuiteItem[]> {
    const stored = await this.suites.suitesOf(this.database, { ...target, datasetIds: [] });
    const { items } = assembleSuite({ ...stored, target: stored.general.length === 0 ? stored.fixed : [], shipped: this.safetySet.set, maxItems: this.config.AA_CHECK_ITEMS_MAX });
    return items.filter(({ suite }) => suite !== 'safety');
  }

  private async askTwice({ versionId, model, workload }: DueCheck, { items, signal }: { items: readonly SuiteItem[]; signal: AbortSignal }): Promise<{ first: AaSide; second: AaSide }> {
    const bundle = await this.versions.bundleOf(this.database, versionId);
    // Two names for one bundle: whatever keeps answers by version cannot mix the sides up.
    const [one, other] = [`${versionId} (first)`, `${versionId} (second)`];
    if (!bundle || items.length === 0) return { first: new Map(), second: new Map() };
    // What its judge costs counts for the month, and for this check alone.
    const { scorers } = await this.scoring.scorersFor({ model, workload, cycleId: `${AA_CHECK}:${versionId}:${randomUUID()}` });
    const answers = await runSuite({
      scorers,
      timeLimitMs: this.config.ITEM_TIMEOUT_MS,
      items,
      incumbent: { versionId: one, bundle },
      candidate: { versionId: other, bundle },
      runner: this.runtime,
      stored: [],
      save: async () => undefined,
      concurrency: this.config.JUDGE_CONCURRENCY,
      signal,
      // A check is no judgement that somebody waits for: with the provider away it is incomplete, and made up for tomorrow.
      onOutage: 'give_up',
    });
    const sideOf = (name: string): AaSide => new Map(answers.filter((answer) => answer.versionId === name).map((answer) => [answer.itemId, answer]));
    return { first: sideOf(one), second: sideOf(other) };
  }

  private async conclude(tx: Transaction, check: DueCheck & AaAssessment & { startedAt: string }): Promise<void> {
    const { model, workload, versionId, outcome, message, startedAt } = check;
    const checkId = derivedId('aa.check', model, workload, versionId, startedAt);
    const finishedAt = new Date().toISOString();
    const open = await this.checks.openAlert(tx, check);
    const alertId = outcome === 'different' && open === undefined ? derivedId('aa.alert', checkId) : null;
    const finished: FinishedCheck = { ...check, checkId, finishedAt, alertId };
    await this.checks.save(tx, finished);
    const text = `champion ${versionId} of ${targetKey(check)}, judged against itself: ${message}`;
    if (alertId !== null) tx.emit(alertRaised, { alertId, workload, name: ALERT, severity: 'warning', message: text, raisedAt: finishedAt }, { id: derivedId('alert.raised', alertId) });
    if (outcome !== 'clean' || open === undefined) return;
    await this.checks.resolveAlert(tx, open, finishedAt);
    tx.emit(alertResolved, { alertId: open, workload, name: ALERT, message: text, resolvedAt: finishedAt }, { id: derivedId('alert.resolved', open) });
  }
}
