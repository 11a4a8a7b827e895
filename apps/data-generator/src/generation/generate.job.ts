import { Inject, Injectable } from '@nestjs/common';
import { normalizeAnswer, targetKey, targetSchema, type Target } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { CONFIG, type Job } from '@ratchet/service';
import { DatasetKeeper } from '../datasets/dataset-keeper.js';
import { withoutPatched } from '../fixes/patched-opportunities.js';
import { loadIssued } from '../persistence/example.repository.js';
import { loadFailures } from '../persistence/failure.repository.js';
import { loadOpenOpportunities } from '../persistence/opportunity.repository.js';
import { countWaiting } from '../persistence/review.repository.js';
import { beginRun, endRun } from '../persistence/run.repository.js';
import { loadContent } from '../persistence/traffic.repository.js';
import { ReviewDesk } from '../review/review-desk.js';
import { TeachingStaff } from '../teaching/teaching-staff.js';
import { assembleGroups } from './assemble-groups.js';
import { BudgetNews } from './budget-news.js';
import { DatasetPublisher, type Group } from './dataset-publisher.js';
import { gatherRun, type Material } from './gather-run.js';
import { GenerationMetrics } from './generation-metrics.js';
import { whyWaiting } from './why-waiting.js';
import type { TeachingStop } from '../teaching/teacher.js';
import type { Config } from '../config.js';

export const GENERATE_JOB = 'generate';
export const generateJobKey = (target: Target): string => `${GENERATE_JOB}:${targetKey(target)}`;

/** One run of one target: opportunities, failures and corrections -> examples -> a dataset version for each way of training. */
@Injectable()
export class GenerateJob implements Job {
  readonly jobName = GENERATE_JOB;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(GenerationMetrics) private readonly metrics: GenerationMetrics,
    @Inject(TeachingStaff) private readonly staff: TeachingStaff,
    @Inject(ReviewDesk) private readonly review: ReviewDesk,
    @Inject(DatasetKeeper) private readonly datasets: DatasetKeeper,
    @Inject(DatasetPublisher) private readonly publisher: DatasetPublisher,
    @Inject(BudgetNews) private readonly budget: BudgetNews,
  ) {}

  async run(payload: unknown, stopping?: AbortSignal): Promise<void> {
    const target = targetSchema.parse(payload);
    const mark = await this.datasets.mark(target);
    const material = await this.load(target);
    const runId = await beginRun(this.database, target);
    const teacher = await this.staff.hire({ target, runId, signal: stopping, onStop: (stop) => this.budget.tellStop(target, runId, stop) });
    const failedAnswers = new Map([...Map.groupBy(material.failures, ({ query }) => normalizeAnswer(query))].map(([input, same]) => [input, same.map(({ response }) => response)]));
    const limits = { inputCharsMax: this.config.INPUT_CHARS_MAX, outputCharsMax: this.config.OUTPUT_CHARS_MAX };
    const gathered = await gatherRun({ material, config: this.config, context: { limits, failedAnswers }, teacher, teachRules: this.staff.rules, logger: this.logger });
    const { candidates, decisions } = await this.review.screen(target, gathered.candidates);
    const groups = assembleGroups({ target, opportunities: material.opportunities, candidates, decisions, issued: material.issued, failedAnswers, limits, refused: gathered.rejected });
    const { runUsd } = await this.staff.totals(target, runId);
    await this.database.transaction(async (tx) => {
      let costUsd = runUsd;
      for (const group of groups) {
        await this.publisher.publish(tx, { target, group, costUsd, failures: material.failures, mark });
        // The run's cost is told once: it cannot be said which dataset caused it.
        if (group.assembly.examples.length > 0) costUsd = 0;
      }
      await endRun(tx, runId);
    });
    await this.tellEnd({ target, runId, groups, stop: teacher?.stop, hasTeacher: teacher !== undefined });
    const waiting = await countWaiting(this.database);
    for (const { assembly } of groups) this.metrics.record({ assembly, waiting });
    this.report(target, groups, candidates.length);
  }

  private async load(target: Target): Promise<Material> {
    const open = await withoutPatched(this.database, target, await loadOpenOpportunities(this.database, target), this.config.PROMPTLESS_PROVIDERS);
    const opportunities = await Promise.all(open.map((opportunity) => this.review.withRejections(opportunity)));
    const failures = opportunities.length === 0 ? [] : await loadFailures(this.database, { ...target, failuresMax: this.config.MAX_FAILURES });
    const content = opportunities.length === 0 ? [] : await loadContent(this.database, target);
    return { opportunities, failures, content, issued: await loadIssued(this.database, target) };
  }

  private async tellEnd({ target, runId, groups, stop, hasTeacher }: { target: Target; runId: string; groups: readonly Group[]; stop: TeachingStop | undefined; hasTeacher: boolean }): Promise<void> {
    const issued = groups.reduce((sum, { assembly }) => sum + assembly.examples.length, 0);
    const waiting = groups.reduce((sum, { assembly }) => sum + assembly.waiting.length, 0);
    await this.budget.tell({ target, runId, waitingFor: groups.length === 0 ? undefined : whyWaiting({ stop, hasTeacher, issued, waiting }) });
    // A teacher that was away is asked again before the next scheduled run; a budget has to wait for its turn.
    if (stop?.code !== 'provider') return;
    const runAt = new Date(Date.now() + this.config.TEACHER_RETRY_MS);
    await this.database.transaction((tx) => tx.enqueue(GENERATE_JOB, target, { key: generateJobKey(target), keyMode: 'preserve_run_at', runAt }));
  }

  private report(target: Target, groups: readonly Group[], candidates: number): void {
    if (groups.length === 0) this.logger.info('no data was generated: the target has no open opportunity that training could fix', target);
    for (const { assembly: { datasetId, examples, waiting, rejected } } of groups) {
      const facts = {
        ...target, candidates, waiting: waiting.length, rejected: Object.fromEntries(rejected.map(({ reason, count }) => [reason, count])),
        waitingBecause: Object.fromEntries([...Map.groupBy(waiting, ({ candidate }) => candidate.reason)].map(([reason, { length }]) => [reason, length])),
      };
      if (examples.length === 0) this.logger.info('no data was generated: nothing new was accepted', facts);
      else {
        const testCount = examples.filter(({ split }) => split === 'test').length;
        const bySource = Object.fromEntries([...Map.groupBy(examples, ({ source }) => source)].map(([source, { length }]) => [source, length]));
        this.logger.info('a dataset was versioned', { ...facts, datasetId, trainCount: examples.length - testCount, testCount, bySource });
      }
    }
  }
}
