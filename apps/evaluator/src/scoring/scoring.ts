import { Inject, Injectable } from '@nestjs/common';
import { budgetChanged } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { OpenAiEmbeddingsClient, OpenAiTeacherClient } from '@ratchet/providers';
import type { ProviderConfig } from '@ratchet/providers';
import { CONFIG } from '@ratchet/service';
import { BudgetedTeacher, monthOf, PostgresLedger } from '@ratchet/spending';
import type { Account, BudgetExceededError, Ledger } from '@ratchet/spending';
import type { Config } from '../config.js';
import type { AnswerRecord } from '../judging/ask-version.js';
import type { SuiteRun } from '../judging/run-suite.js';
import { EvaluatorMetrics } from '../metrics.js';
import { ScoringCachesRepository } from '../persistence/scoring-caches.repository.js';
import { SuitesRepository } from '../persistence/suites.repository.js';
import { loadJudgePrompt } from '../quality/judges/judge-prompts.js';
import { SafetySetProvider } from '../safety/safety-set.provider.js';
import { sampleItems } from '../suites/assemble-suite.js';
import type { Suite } from '../suites/assemble-suite.js';
import { agreementNote, measureAgreement } from './judge/judge-agreement.js';
import { PairwiseJudge } from './judge/pairwise-judge.js';
import type { EvaluationJudgeConfig } from './scoring-config.js';
import { ScorerSet } from './scorer-set.js';

const EVALUATOR = 'pairwise';

export interface ScoredJudgement {
  readonly cycleId: string;
  readonly model: string;
  readonly workload: string;
}

const accountOf = ({ cycleId, model, workload }: ScoredJudgement): Account => ({ component: 'evaluation', model, workload, runId: cycleId });

/** The scoring of one judgement. */
export interface JudgementScoring {
  readonly run: Pick<SuiteRun, 'scorers' | 'cache' | 'freshItems' | 'timeLimitMs' | 'onAskedAgain'>;
  /** What a person must know of the scores to read the verdict. */
  readonly notes: () => readonly string[];
  /** Tells everybody what the judge has cost, whatever came of it. */
  readonly close: () => Promise<void>;
}

/** Opens what scores the answers of a judgement, as it is configured. */
@Injectable()
export class Scoring {
  private readonly ledger: Ledger;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly caches: ScoringCachesRepository,
    private readonly suites: SuitesRepository,
    private readonly safetySet: SafetySetProvider,
    private readonly metrics: EvaluatorMetrics,
    private readonly logger: Logger,
  ) {
    this.ledger = this.countingLedger(new PostgresLedger(database));
  }

  /** The scorers of a target. What its judge costs counts for the run `cycleId`; `onBudget` is told when that ends its work. */
  async scorersFor(judgement: ScoredJudgement, onBudget: (error: BudgetExceededError) => void = () => undefined): Promise<{ scorers: ScorerSet; judge: PairwiseJudge | undefined }> {
    const { EVALUATION_JUDGE: judgeConfig, SCORERS, SIMILARITY } = this.config;
    const judge = judgeConfig && (await this.openJudge({ judgeConfig, account: accountOf(judgement), onBudget }));
    const similarity = SIMILARITY && { client: new OpenAiEmbeddingsClient({ provider: this.providerOf(SIMILARITY.provider), model: SIMILARITY.model }), vectors: this.caches.vectors, scale: SIMILARITY };
    return { scorers: new ScorerSet({ ofWorkload: SCORERS[judgement.workload] ?? SCORERS['*'], judge, similarity }), judge };
  }

  async open(judgement: ScoredJudgement, suite: Suite, signal: AbortSignal): Promise<JudgementScoring> {
    const { EVALUATION_JUDGE: judgeConfig, FRESH_ITEMS, ITEM_TIMEOUT_MS } = this.config;
    let stopped: BudgetExceededError | undefined;
    const { scorers, judge } = await this.scorersFor(judgement, (error) => (stopped = this.noteBudget(judgement, error)));
    const isJudged = judge !== undefined && suite.items.some((item) => scorers.scorerOf(item) === judge);
    const agreement = judgeConfig && isJudged ? [await this.agreementOf({ judgement, judge, judgeConfig, signal })] : [];
    const again = { same: 0, changed: 0 };
    const compared = suite.items.filter((item) => item.suite !== 'safety');
    return {
      run: {
        scorers,
        cache: this.cache,
        freshItems: new Set(sampleItems(compared, FRESH_ITEMS).map(({ itemId }) => itemId)),
        timeLimitMs: ITEM_TIMEOUT_MS,
        onAskedAgain: (isSame) => this.noteAskedAgain(again, isSame),
      },
      notes: () => [...scorers.notes, ...agreement, ...(stopped ? [`the judge is asked no more: ${stopped.message}`] : []), ...askedAgainNote(again)],
      close: async () => {
        if (isJudged && judgeConfig) await this.tellSpending(accountOf(judgement), judgeConfig, stopped);
      },
    };
  }

  /** Answers and scores by what gave them. */
  count(records: readonly AnswerRecord[], candidateId: string): void {
    for (const { versionId, score, fault, scorer, source = 'asked' } of records) {
      this.metrics.answers.inc({ role: versionId === candidateId ? 'candidate' : 'incumbent', source, result: fault === null ? 'graded' : 'fault' });
      this.metrics.suiteScores.inc({ scorer: scorer?.name ?? '', result: score === null ? 'missing' : 'scored' });
    }
  }

  private get cache(): SuiteRun['cache'] {
    if (this.config.ANSWER_CACHE_DAYS === 0) return undefined;
    const { harmful, benign } = this.safetySet.set;
    const shipped = new Set([...harmful, ...benign].map(({ text }) => text));
    return this.caches.answers((prompt) => shipped.has(prompt));
  }

  private async openJudge({ judgeConfig, account, onBudget }: { judgeConfig: EvaluationJudgeConfig; account: Account; onBudget: (error: BudgetExceededError) => void }): Promise<PairwiseJudge> {
    const { provider, model, price, costPerJudgementUsdMax: runUsd, costPerMonthUsdMax: monthUsd, callsPerJudgementMax } = judgeConfig;
    // A target has one judgement at a time, so what is open was cut off.
    await this.ledger.settleInterrupted(account);
    const { calls } = await this.ledger.totals(account);
    const client = new BudgetedTeacher({
      client: new OpenAiTeacherClient({ provider: this.providerOf(provider), model }),
      ledger: this.ledger,
      account,
      limits: { runUsd, monthUsd },
      price: { inputUsdPerMillion: price.inputUsdPerMillionTokens, outputUsdPerMillion: price.outputUsdPerMillionTokens },
      callsMax: callsPerJudgementMax - calls,
    });
    return new PairwiseJudge({ client, prompt: loadJudgePrompt('pairwise'), cache: this.caches.scores, onBudget });
  }

  private async agreementOf({ judgement, judge, judgeConfig, signal }: { judgement: ScoredJudgement; judge: PairwiseJudge; judgeConfig: EvaluationJudgeConfig; signal: AbortSignal }): Promise<string> {
    const pairs = await this.suites.labelledPairs(this.database, judgement, judgeConfig.agreementPairsMax);
    const agreement = await measureAgreement({ judge, pairs, signal, timeLimitMs: this.config.ITEM_TIMEOUT_MS });
    const labels = { evaluator: EVALUATOR, judge: judge.version };
    this.metrics.agreementLabels.set(labels, agreement.n);
    const { kappa } = agreement;
    if (kappa) for (const [bound, value] of [['estimate', kappa.kappa], ['lower', kappa.lower], ['upper', kappa.upper]] as const) this.metrics.agreementKappa.set({ ...labels, bound }, value);
    return agreementNote(judge.version, agreement, { pairsMin: judgeConfig.agreementPairsMin, kappaMin: judgeConfig.agreementKappaMin });
  }

  /** Counts what calls cost, and keeps none of their texts: an explanation may quote a user. */
  private countingLedger(ledger: Ledger): Ledger {
    return {
      reserve: (reservation) => ledger.reserve(reservation),
      settle: async ({ result: _, ...settlement }) => {
        await ledger.settle(settlement);
        this.metrics.judgeCalls.inc({ evaluator: EVALUATOR });
        this.metrics.judgeTokens.inc({ evaluator: EVALUATOR, direction: 'input' }, settlement.usage.inputTokens);
        this.metrics.judgeTokens.inc({ evaluator: EVALUATOR, direction: 'output' }, settlement.usage.outputTokens);
        this.metrics.judgeCostUsd.inc({ evaluator: EVALUATOR }, settlement.costUsd);
      },
      release: (entryId) => ledger.release(entryId),
      settleInterrupted: (account) => ledger.settleInterrupted(account),
      totals: (account) => ledger.totals(account),
      readResult: async () => undefined,
    };
  }

  private noteBudget({ cycleId }: ScoredJudgement, error: BudgetExceededError): BudgetExceededError {
    this.logger.warn('the judge is asked no more in this judgement: what it has not scored counts as missing', { cycleId, code: error.code, reason: error.message });
    return error;
  }

  private noteAskedAgain(again: { same: number; changed: number }, isSame: boolean): void {
    again[isSame ? 'same' : 'changed'] += 1;
    this.metrics.answersAskedAgain.inc({ result: isSame ? 'same' : 'changed' });
  }

  private async tellSpending(account: Account, { costPerJudgementUsdMax, costPerMonthUsdMax }: EvaluationJudgeConfig, stopped: BudgetExceededError | undefined): Promise<void> {
    const { runUsd, monthUsd, calls } = await this.ledger.totals(account);
    const { component, model, workload } = account;
    const at = new Date();
    await this.database.transaction(async (tx) => {
      tx.emit(budgetChanged, {
        component, model, workload, month: monthOf(at), run: { spentUsd: runUsd, limitUsd: costPerJudgementUsdMax }, monthly: { spentUsd: monthUsd, limitUsd: costPerMonthUsdMax }, calls,
        ...(stopped && { waitingFor: { code: stopped.code, message: stopped.message } }), changedAt: at.toISOString(),
      });
    });
  }

  private providerOf(name: string): ProviderConfig {
    const provider = this.config.PROVIDERS.find((one) => one.name === name);
    if (!provider) throw new Error(`PROVIDERS has no ${name}`);
    return provider;
  }
}

/** Where a version no longer answers as it did, its cached answers are no measure of it. */
const askedAgainNote = ({ same, changed }: { readonly same: number; readonly changed: number }): string[] =>
  changed === 0 ? [] : [`${changed} of ${same + changed} answers that were asked for again differ from the cached ones: this version, or its provider, does not always answer alike`];
