import { describeError, type Logger, type Metrics } from '@ratchet/observability';
import { ProviderError, type TeacherClient, type TokenUsage } from '@ratchet/providers';
import { judgeAnswerSchema, judgeQuestion, FIX_CHARS_MAX, REASON_CHARS_MAX, type JudgeAnswer, type JudgeQuestion } from './judge-question.js';
import { printable } from '../printable.js';
import type { BudgetChanged, Target } from '@ratchet/domain';
import type { DiagnosisJudgeConfig } from './judge-config.js';
import type { JudgeOpinion } from '../diagnosis.js';
import type { Cluster } from '../../analysis/clustering.port.js';
import type { Failure } from '../../analysis/failure.js';

/** Answers that were paid for, by the question's content hash. */
export interface OpinionStore {
  find(contentHash: string): Promise<JudgeOpinion | undefined>;
  keep(question: Pick<JudgeQuestion, 'contentHash' | 'interactionIds'>, opinion: JudgeOpinion, usage: TokenUsage): Promise<void>;
}

/** What was spent in a month, all targets together. */
export interface JudgeSpendings {
  /** `month`: UTC, `2026-01`. */
  monthUsd(month: string): Promise<number>;
  add(target: Target, spent: { readonly month: string; readonly costUsd: number }): Promise<void>;
}

/** What one analysis got, and what that cost. */
export interface Judged {
  /** By cluster id; clusters without one are missing. */
  readonly opinions: ReadonlyMap<string, JudgeOpinion>;
  readonly spending: { readonly month: string; readonly runUsd: number; readonly monthUsd: number; readonly calls: number; readonly waitingFor?: BudgetChanged['waitingFor'] };
}

/** What answers of another shape are taken to have cost, since their tokens are not known: two attempts of this many characters. */
const ATTEMPTS = 2;
const BAD_ANSWER_CHARS = 4_000;

/** What one analysis has spent, and whether it goes on asking. */
interface Round {
  readonly target: Target;
  readonly month: string;
  /** Of the month, before this analysis. */
  readonly beforeUsd: number;
  spentUsd: number;
  calls: number;
  /** Why it asks no more: the first failure that the next question would meet, too. */
  stopped: BudgetChanged['waitingFor'];
}

/** Failures of the provider that the next question would meet, too. */
const STOPPING: ReadonlySet<string> = new Set(['timeout', 'connection', 'rate_limited', 'refused']);

/**
 * Asks a model for the root cause of clusters. It can be slow, fail, be rate-limited or answer nonsense: then there is no opinion, a warning and a metric say so,
 * and the rules decide.
 */
export class JudgePanel {
  private readonly questions;
  private readonly costs;

  constructor(
    private readonly config: DiagnosisJudgeConfig,
    private readonly client: TeacherClient,
    private readonly store: OpinionStore,
    private readonly spendings: JudgeSpendings,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.questions = metrics.counter({ name: 'ratchet_analyzer_judge_questions_total', help: 'Questions for root causes to a model, by outcome', labelNames: ['outcome'] });
    this.costs = metrics.counter({ name: 'ratchet_analyzer_judge_cost_usd_total', help: 'Cost of the model that judges root causes, by the configured prices' });
  }

  get limits(): { readonly runUsd: number; readonly monthUsd: number | null } {
    return { runUsd: this.config.costPerAnalysisUsdMax, monthUsd: this.config.costPerMonthUsdMax ?? null };
  }

  /** Never throws for what the model or its provider does. */
  async judge(target: Target, { clusters, byId }: { readonly clusters: readonly Cluster[]; readonly byId: ReadonlyMap<string, Failure> }): Promise<Judged> {
    const pick = (ids: readonly string[]): Failure[] => ids.flatMap((id) => byId.get(id) ?? []);
    const waiting = clusters.toSorted((a, b) => b.memberIds.length - a.memberIds.length).slice(0, this.config.clustersMax);
    const opinions = new Map<string, JudgeOpinion>();
    const month = new Date().toISOString().slice(0, 7);
    const round: Round = { target, month, beforeUsd: await this.spendings.monthUsd(month), spentUsd: 0, calls: 0, stopped: undefined };
    const work = async (): Promise<void> => {
      for (let cluster = waiting.shift(); cluster; cluster = waiting.shift()) {
        const question = judgeQuestion({ judge: this.client.description, representatives: pick(cluster.representativeIds), members: pick(cluster.memberIds) });
        const opinion = await this.answer(question, round);
        if (opinion) opinions.set(cluster.clusterId, opinion);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.config.concurrency, waiting.length) }, work));
    const { spentUsd: runUsd, calls, beforeUsd, stopped } = round;
    return { opinions, spending: { month, runUsd, monthUsd: beforeUsd + runUsd, calls, ...(stopped && { waitingFor: stopped }) } };
  }

  private async answer(question: JudgeQuestion, round: Round): Promise<JudgeOpinion | undefined> {
    const known = await this.store.find(question.contentHash);
    if (known) {
      this.questions.inc({ outcome: 'known' });
      return known;
    }
    this.keepToBudgets(round);
    if (round.stopped !== undefined) {
      this.questions.inc({ outcome: 'skipped' });
      return undefined;
    }
    return this.ask(question, round);
  }

  private async ask(question: JudgeQuestion, round: Round): Promise<JudgeOpinion | undefined> {
    const answered = await this.callFor(question, round);
    if (!answered) return undefined;
    const { value, usage } = answered;
    const costUsd = await this.spend(round, usage);
    this.questions.inc({ outcome: 'answered' });
    const opinion: JudgeOpinion = {
      rootCause: value.rootCause, confidence: value.confidence, reason: printable(value.reason, REASON_CHARS_MAX), suggestedFix: printable(value.suggestedFix, FIX_CHARS_MAX),
      judge: this.client.description, costUsd,
    };
    await this.store.keep(question, opinion, usage);
    return opinion;
  }

  private async callFor({ instructions, input }: JudgeQuestion, round: Round): Promise<{ value: JudgeAnswer; usage: TokenUsage } | undefined> {
    const inputTokens = instructions.length + input.length;
    try {
      const { value, usage } = await this.client.ask({
        instructions, input, schema: judgeAnswerSchema, schemaName: 'root_cause', seed: 0, signal: AbortSignal.timeout(this.config.answerTimeoutMs),
      });
      // Fewer characters than one a token has no usual text: where the provider counts nothing, the cap must hold all the same.
      return { value, usage: usage ?? { inputTokens, outputTokens: JSON.stringify(value).length } };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      // Our own time limit ends a call as if its caller had cancelled it.
      const code = error.code === 'cancelled' ? 'timeout' : error.code;
      this.questions.inc({ outcome: code });
      this.logger.warn('a root cause was not judged: the rules decide', { judge: this.client.description, code, ...describeError(error) });
      if (code === 'bad_response' && error.status === undefined) await this.spend(round, { inputTokens: ATTEMPTS * inputTokens, outputTokens: ATTEMPTS * BAD_ANSWER_CHARS });
      if (STOPPING.has(code)) this.stop(round, { code: 'provider', message: `the judge ${this.client.description} gives no answers (${code})` });
      return undefined;
    }
  }

  /** Looked at before each question, so that those under way may go beyond it. */
  private keepToBudgets(round: Round): void {
    const { runUsd, monthUsd } = this.limits;
    if (round.spentUsd >= runUsd) this.stop(round, { code: 'run_budget', message: `this analysis has spent the ${runUsd} dollars of costPerAnalysisUsdMax` });
    if (monthUsd !== null && round.beforeUsd + round.spentUsd >= monthUsd) this.stop(round, { code: 'month_budget', message: `the ${monthUsd} dollars of costPerMonthUsdMax are spent in ${round.month}` });
  }

  private async spend(round: Round, usage: TokenUsage): Promise<number> {
    const costUsd = this.costOf(usage);
    round.spentUsd += costUsd;
    round.calls += 1;
    this.costs.inc(costUsd);
    await this.spendings.add(round.target, { month: round.month, costUsd });
    return costUsd;
  }

  private stop(round: Round, reason: NonNullable<BudgetChanged['waitingFor']>): void {
    if (round.stopped !== undefined) return;
    round.stopped = reason;
    this.logger.warn('this analysis asks the judge no more: the rules decide', { judge: this.client.description, reason: reason.message });
  }

  private costOf({ inputTokens, outputTokens }: TokenUsage): number {
    const { inputUsdPerMillionTokens, outputUsdPerMillionTokens } = this.config.price;
    return (inputTokens * inputUsdPerMillionTokens + outputTokens * outputUsdPerMillionTokens) / 1_000_000;
  }
}
