import type { Metrics } from '@ratchet/observability';
import type { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';

const COUNT_EVERY_MS = 15_000;

/** Shows how many weaknesses are open, and how many are over. */
export class OpportunityMetricsTick implements Tick {
  readonly tickName = 'opportunity-metrics';
  readonly everyMs = COUNT_EVERY_MS;
  private readonly opportunities;

  constructor(private readonly database: Pick<Database, 'query'>, metrics: Metrics) {
    this.opportunities = metrics.gauge({ name: 'ratchet_analyzer_opportunities', toldBy: 'leader', help: 'Weaknesses by state', labelNames: ['state'] });
  }

  async tick(): Promise<void> {
    const [counts = { open: 0, closed: 0 }] = await this.database.query<{ open: number; closed: number }>(
      `select (count(*) filter (where state = 'open'))::int as open, (count(*) filter (where state <> 'open'))::int as closed from opportunities`,
    );
    this.opportunities.set({ state: 'open' }, counts.open);
    this.opportunities.set({ state: 'closed' }, counts.closed);
  }
}
