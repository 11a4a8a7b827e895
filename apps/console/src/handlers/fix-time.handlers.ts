import { Controller, Inject } from '@nestjs/common';
import type { EventEnvelope } from '@ratchet/contracts';
import { type VersionPromoted, versionPromoted } from '@ratchet/domain';
import { Metrics } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { OnEvent } from '@ratchet/service';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const BUCKETS = [60, 300, 900, HOUR, 4 * HOUR, 12 * HOUR, DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY, 30 * DAY];

/** How long users had a weakness before a version that fixes it served all of them. */
@Controller()
export class FixTimeHandlers {
  private readonly fixSeconds;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.fixSeconds = metrics.histogram({ name: 'ratchet_console_fix_seconds', help: 'Time from the first failure behind a cycle that is kept to the promotion that fixed it', buckets: BUCKETS });
  }

  @OnEvent(versionPromoted)
  async onPromoted({ data: { cycleId, promotedAt } }: EventEnvelope<VersionPromoted>, tx: Transaction): Promise<void> {
    const [first] = await tx.query<{ seconds: number | null }>(
      `select extract(epoch from $2::timestamptz - min(f.started_at))::float8 as seconds
       from cycles y, jsonb_array_elements_text(y.facts->'started'->'opportunityIds') as o(id), clustered_failures c, failures f
       where y.cycle_id = $1 and c.opportunity_id = o.id and f.interaction_id = c.interaction_id`,
      [cycleId, promotedAt],
    );
    const seconds = first?.seconds;
    // A batch that fails on the way is tried again, and would count twice.
    if (typeof seconds === 'number') tx.atEnd(`fix time of ${cycleId}`, async () => this.fixSeconds.observe(Math.max(0, seconds)));
  }
}
