import { Injectable } from '@nestjs/common';
import { Metrics } from '@ratchet/observability';

/** All metrics of this service, in one place. */
@Injectable()
export class EvaluatorMetrics {
  readonly judgements;
  readonly judgementSeconds;
  readonly answers;
  readonly evaluations;
  readonly scores;
  readonly alerts;

  constructor(metrics: Metrics) {
    this.judgements = metrics.counter({ name: 'ratchet_evaluator_judgements_total', help: 'Verdicts given, by outcome', labelNames: ['outcome'] });
    this.judgementSeconds = metrics.histogram({ name: 'ratchet_evaluator_judgement_seconds', help: 'Time of one run of a judgement', buckets: [1, 5, 15, 60, 300, 900, 3600, 14_400] });
    this.answers = metrics.counter({ name: 'ratchet_evaluator_answers_total', help: 'Suite answers, by who gave them and what became of them', labelNames: ['role', 'result'] });
    this.evaluations = metrics.counter({ name: 'ratchet_evaluator_evaluations_total', help: 'Sampled interactions, by evaluator; off where it had nothing to check against', labelNames: ['evaluator', 'result'] });
    this.scores = metrics.histogram({ name: 'ratchet_evaluator_quality_score', help: 'Quality scores of sampled interactions', labelNames: ['evaluator'], buckets: [0.1, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1] });
    this.alerts = metrics.counter({ name: 'ratchet_evaluator_alerts_total', help: 'Quality alerts, by evaluator', labelNames: ['evaluator', 'change'] });
  }
}
