import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@ratchet/observability';

/** What reviewers and rules did, for dashboards. */
@Injectable()
export class ReviewMetrics {
  readonly decisions;
  readonly refusals;
  readonly screened;
  readonly left;
  readonly agreement;
  readonly agreementItems;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.decisions = metrics.counter({ name: 'ratchet_data_generator_review_decisions_total', help: 'Decisions of reviewers, by what they were', labelNames: ['decision'] });
    this.refusals = metrics.counter({ name: 'ratchet_data_generator_review_refusals_total', help: "Reviewers' commands that changed nothing, by reason", labelNames: ['code'] });
    this.screened = metrics.counter({ name: 'ratchet_data_generator_review_rule_drops_total', help: 'Candidates that a review rule dropped' });
    this.left = metrics.counter({ name: 'ratchet_data_generator_review_left_out_total', help: 'Candidates that found the review queue full' });
    this.agreement = metrics.gauge({ name: 'ratchet_data_generator_review_agreement', toldBy: 'leader', help: 'Agreement of two reviewers of the same items: observed share, kappa and its bounds', labelNames: ['model', 'workload', 'value'] });
    this.agreementItems = metrics.gauge({ name: 'ratchet_data_generator_review_agreement_items', toldBy: 'leader', help: 'Items that two reviewers have decided on', labelNames: ['model', 'workload'] });
  }
}
