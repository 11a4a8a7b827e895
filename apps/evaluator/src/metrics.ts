import { Injectable } from '@nestjs/common';
import { Metrics } from '@ratchet/observability';

/** All metrics of this service, in one place. */
@Injectable()
export class EvaluatorMetrics {
  readonly judgements;
  readonly gates;
  readonly judgementSeconds;
  readonly answers;
  readonly answersAskedAgain;
  readonly suiteScores;
  readonly evaluations;
  readonly scores;
  readonly alerts;
  readonly budgetUsed;
  readonly boostedStreams;
  readonly judgeCalls;
  readonly judgeTokens;
  readonly judgeCostUsd;
  readonly judgeQueue;
  readonly aaChecks;
  readonly agreementKappa;
  readonly agreementLabels;

  constructor(metrics: Metrics) {
    this.judgements = metrics.counter({ name: 'ratchet_evaluator_judgements_total', help: 'Verdicts given, by outcome', labelNames: ['outcome'] });
    this.gates = metrics.counter({ name: 'ratchet_evaluator_gates_total', help: 'Gates of verdicts, by what they found', labelNames: ['gate', 'verdict'] });
    this.judgementSeconds = metrics.histogram({ name: 'ratchet_evaluator_judgement_seconds', help: 'Time of one run of a judgement', buckets: [1, 5, 15, 60, 300, 900, 3600, 14_400] });
    this.answers = metrics.counter({ name: 'ratchet_evaluator_answers_total', help: 'Suite answers, by who gave them, whether they were asked for or cached, and what became of them', labelNames: ['role', 'source', 'result'] });
    this.answersAskedAgain = metrics.counter({ name: 'ratchet_evaluator_answers_asked_again_total', help: 'Suite answers that were asked for though they were cached, by whether they were the same', labelNames: ['result'] });
    this.suiteScores = metrics.counter({ name: 'ratchet_evaluator_suite_scores_total', help: 'Scores of suite answers, by scorer; missing where it gave none', labelNames: ['scorer', 'result'] });
    this.evaluations = metrics.counter({ name: 'ratchet_evaluator_evaluations_total', help: 'Sampled interactions, by evaluator (rule or judge): scored, or the reason why not', labelNames: ['evaluator', 'kind', 'result'] });
    this.scores = metrics.histogram({ name: 'ratchet_evaluator_quality_score', help: 'Quality scores of sampled interactions', labelNames: ['evaluator', 'kind'], buckets: [0.1, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1] });
    this.alerts = metrics.counter({ name: 'ratchet_evaluator_alerts_total', help: 'Quality alerts, by evaluator', labelNames: ['evaluator', 'change'] });
    this.budgetUsed = metrics.gauge({ name: 'ratchet_evaluator_budget_used_ratio', toldBy: 'leader', help: 'Evaluated interactions of the last hour as a share of QUALITY_BUDGET_PER_HOUR; nothing is sampled from 1 on' });
    this.boostedStreams = metrics.gauge({ name: 'ratchet_evaluator_boosted_streams', toldBy: 'leader', help: 'Streams of scores near an alert, sampled more closely' });
    this.judgeCalls = metrics.counter({ name: 'ratchet_evaluator_judge_calls_total', help: 'Calls of the model that judges, by evaluator', labelNames: ['evaluator'] });
    this.judgeTokens = metrics.counter({ name: 'ratchet_evaluator_judge_tokens_total', help: 'Tokens of the model that judges', labelNames: ['evaluator', 'direction'] });
    this.judgeCostUsd = metrics.counter({ name: 'ratchet_evaluator_judge_cost_usd_total', help: 'Cost of the model that judges, by the configured prices', labelNames: ['evaluator'] });
    this.judgeQueue = metrics.gauge({ name: 'ratchet_evaluator_judge_queue', toldBy: 'leader', help: 'Sampled interactions that wait for the model that judges' });
    this.aaChecks = metrics.counter({ name: 'ratchet_evaluator_aa_checks_total', help: 'Champions judged against themselves, by outcome: clean, different or incomplete', labelNames: ['outcome'] });
    this.agreementKappa = metrics.gauge({ name: 'ratchet_evaluator_agreement_kappa', toldBy: 'leader', help: 'Cohen\'s kappa of an evaluator with people; bound is estimate, lower or upper (95 %)', labelNames: ['evaluator', 'judge', 'bound'] });
    this.agreementLabels = metrics.gauge({ name: 'ratchet_evaluator_agreement_labels', toldBy: 'leader', help: 'Interactions that people and the evaluator have both judged', labelNames: ['evaluator', 'judge'] });
  }
}
