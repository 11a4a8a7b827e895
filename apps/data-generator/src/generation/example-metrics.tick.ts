import type { Metrics } from '@ratchet/observability';
import type { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';

const COUNT_EVERY_MS = 60_000;

/** Shows where examples come from, and where they stand. */
export class ExampleMetricsTick implements Tick {
  readonly tickName = 'example-metrics';
  readonly everyMs = COUNT_EVERY_MS;
  private readonly examples;

  constructor(private readonly database: Pick<Database, 'query'>, metrics: Metrics) {
    this.examples = metrics.gauge({ name: 'ratchet_data_generator_examples', toldBy: 'leader', help: 'Examples by source and state (issued, or of the review queue: waiting, approved, rejected, withdrawn)', labelNames: ['source', 'state'] });
  }

  async tick(): Promise<void> {
    const counts = await this.database.query<{ source: string; state: string; n: number }>(
      `select source, 'issued' as state, count(*)::int as n from issued_examples group by source union all select source, state, count(*)::int from review_items group by source, state`,
    );
    this.examples.reset();
    for (const { source, state, n } of counts) this.examples.set({ source, state }, n);
  }
}
