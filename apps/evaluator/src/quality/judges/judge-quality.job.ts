import { Inject, Injectable } from '@nestjs/common';
import { derivedId, Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { ProviderError } from '@ratchet/providers';
import { CONFIG } from '@ratchet/service';
import type { Job } from '@ratchet/service';
import type { Config } from '../../config.js';
import { EvaluatorMetrics } from '../../metrics.js';
import { JudgeQueueRepository } from '../../persistence/judge-queue.repository.js';
import type { QueuedTask } from '../../persistence/judge-queue.repository.js';
import { isOff } from '../evaluators/quality-evaluator.js';
import type { Off } from '../evaluators/quality-evaluator.js';
import { QualityMonitor } from '../quality-monitor.js';
import { asScoreRow, judgeColumns } from '../score-row.js';
import { JudgeBudget } from './judge-budget.js';
import { JUDGE_QUALITY, JudgePanel } from './judge-panel.js';
import { judgeTaskSchema } from './judge-task.js';
import type { JudgeTask } from './judge-task.js';
import { UNPARSABLE } from './llm-judge.js';
import type { Judged, LlmJudge } from './llm-judge.js';

const OUTAGE_PAUSE_MS = 30_000;

/** Empties the queue of sampled interactions by putting each to its judges. At least once: a kill costs at most the calls under way. */
@Injectable()
export class JudgeQualityJob implements Job {
  readonly jobName = JUDGE_QUALITY;
  private isBudgetLogged = false;
  private isRunning = false;
  private isAsked = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly queue: JudgeQueueRepository,
    private readonly panel: JudgePanel,
    private readonly monitor: QualityMonitor,
    private readonly metrics: EvaluatorMetrics,
    private readonly logger: Logger,
  ) {}

  /** Jobs with the same key can run side by side: the first does the work of all, or each interaction would be paid for twice. */
  async run(_payload: unknown, stopping: AbortSignal): Promise<void> {
    this.isAsked = true;
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      while (this.isAsked) {
        this.isAsked = false;
        await this.drain(stopping);
      }
    } finally {
      this.isRunning = false;
    }
  }

  private async drain(stopping: AbortSignal): Promise<void> {
    const settings = this.config.QUALITY_JUDGE;
    if (!settings) return;
    for (;;) {
      stopping.throwIfAborted();
      const tasks = await this.queue.next(this.database, settings.concurrency);
      this.metrics.judgeQueue.set(await this.queue.size(this.database));
      if (tasks.length === 0) return;
      const budget = new JudgeBudget(await this.queue.spent(this.database), settings);
      const results = await Promise.allSettled(tasks.map((queued) => this.judge({ queued, budget, stopping })));
      // What one of them could not do must not undo what the others did.
      const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      for (const failure of failures) if (!(failure instanceof ProviderError)) throw failure;
      if (failures.length > 0) return this.waitFor(failures[0] as ProviderError);
    }
  }

  /** An outage is no fault of the job, and its end is soon noticed: the pause does not grow. */
  private async waitFor({ code, message }: ProviderError): Promise<void> {
    this.logger.warn('the model that judges does not answer; it is asked again soon', { code, reason: message });
    await this.database.transaction((tx) => tx.enqueue(JUDGE_QUALITY, {}, { key: JUDGE_QUALITY, runAt: new Date(Date.now() + OUTAGE_PAUSE_MS) }));
  }

  /** One dimension after the other, each stored at once: what was paid for is not paid for again. */
  private async judge({ queued, budget, stopping }: { queued: QueuedTask; budget: JudgeBudget; stopping: AbortSignal }): Promise<void> {
    const { interactionId } = queued;
    let { task: text } = queued;
    let task = judgeTaskSchema.parse(JSON.parse(text));
    for (let [due, ...rest] = task.due; due; [due, ...rest] = rest) {
      const { evaluator } = due;
      const judge = this.panel.judges.find(({ name }) => name === evaluator);
      const judged = judge && (await this.ask({ judge, task, budget, stopping }));
      const taken: JudgeTask['due'][number] = due;
      const left = rest.length > 0 ? JSON.stringify({ ...task, due: rest }) : undefined;
      const isNew = await this.database.transaction(async (tx) => {
        const isOurs = await this.queue.settle(tx, { interactionId, task: text, left });
        if (isOurs && judge && judged) await this.publish(tx, { task, due: taken, judge, judged });
        return isOurs;
      });
      if (!isNew || left === undefined) return;
      text = left;
      task = { ...task, due: rest };
    }
  }

  private async publish(tx: Transaction, { task, due, judge, judged }: { task: JudgeTask; due: JudgeTask['due'][number]; judge: LlmJudge; judged: Judged | Off }): Promise<void> {
    const { interaction, causationId } = task;
    const evaluationId = derivedId('quality.evaluated', interaction.interactionId, judge.name, ...Object.values(judgeColumns(judge.judge)));
    const scores = isOff(judged) ? [] : [asScoreRow({ evaluator: judge, finding: judged, rate: due.rate, weight: due.weight, floors: this.config.QUALITY_FLOORS })];
    const off = isOff(judged) ? [{ evaluator: judge.name, reason: judged.off, judge: judge.judge }] : [];
    await this.monitor.publish(tx, { evaluationId, interaction, scores, off, causationId }, new Date().toISOString());
  }

  private async ask({ judge, task, budget, stopping }: { judge: LlmJudge; task: JudgeTask; budget: JudgeBudget; stopping: AbortSignal }): Promise<Judged | Off> {
    const missing = judge.needs(task.exchange);
    if (missing) return missing;
    const reserved = judge.costUsdMax(task.exchange);
    if (!budget.reserve(reserved)) {
      if (!this.isBudgetLogged) this.logger.warn('the budget of the model that judges is used up: it is off until the next hour or day', { judge: judge.judge });
      this.isBudgetLogged = true;
      return { off: 'budget' };
    }
    this.isBudgetLogged = false;
    try {
      const judged = await judge.evaluate(task.exchange, stopping);
      budget.settle({ reserved, costUsd: judged.costUsd });
      await this.book(judge, judged);
      return judged;
    } catch (error) {
      budget.settle({ reserved, costUsd: 0 });
      stopping.throwIfAborted();
      // What may pass is tried again; what the provider refuses for good has no score.
      if (!(error instanceof ProviderError) || error.retryable) throw error;
      this.logger.warn('the provider refused to judge', { judge: judge.judge, code: error.code, reason: error.message });
      return { off: `provider_${error.code}` };
    }
  }

  /** At once, and apart from the scores: what was paid was paid, whatever happens next. */
  private async book(judge: LlmJudge, judged: Judged): Promise<void> {
    const { usage, costUsd, calls } = judged;
    const evaluator = judge.name;
    await this.queue.spend(this.database, judgeColumns(judge.judge).judge, { calls, isUnparsable: isOff(judged) && judged.off === UNPARSABLE, ...usage, costUsd });
    this.metrics.judgeCalls.inc({ evaluator }, calls);
    this.metrics.judgeTokens.inc({ evaluator, direction: 'input' }, usage.inputTokens);
    this.metrics.judgeTokens.inc({ evaluator, direction: 'output' }, usage.outputTokens);
    this.metrics.judgeCostUsd.inc({ evaluator }, costUsd);
  }
}
