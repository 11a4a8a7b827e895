import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@ratchet/observability';
import type { Assembly } from './assemble-dataset.js';

/** What the runs did, for dashboards. */
@Injectable()
export class GenerationMetrics {
  private readonly runs;
  private readonly examples;
  private readonly rejected;
  private readonly waiting;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.runs = metrics.counter({ name: 'ratchet_data_generator_runs_total', help: 'Runs, by outcome', labelNames: ['outcome'] });
    this.examples = metrics.counter({ name: 'ratchet_data_generator_examples_issued_total', help: 'Examples issued, by source and split', labelNames: ['source', 'split'] });
    this.rejected = metrics.counter({ name: 'ratchet_data_generator_candidates_rejected_total', help: 'Candidates left out, by reason', labelNames: ['reason'] });
    this.waiting = metrics.gauge({ name: 'ratchet_data_generator_review_items_waiting', toldBy: 'leader', help: 'Candidates that wait for more users or a reviewer' });
  }

  record({ assembly, waiting }: { readonly assembly: Assembly; readonly waiting: number }): void {
    this.runs.inc({ outcome: assembly.examples.length > 0 ? 'issued' : 'nothing_new' });
    for (const { source, split } of assembly.examples) this.examples.inc({ source, split });
    for (const { reason, count } of assembly.rejected) this.rejected.inc({ reason }, count);
    this.waiting.set(waiting);
  }
}
