import type { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import { pruneDeliveries } from './webhook.repository.js';

/** How long it can be seen what was sent. */
const KEPT_DAYS = 30;

export class PruneDeliveriesTick implements Tick {
  readonly tickName = 'prune-webhook-deliveries';
  readonly everyMs = 3_600_000;

  constructor(private readonly database: Database) {}

  async tick(): Promise<void> {
    await pruneDeliveries(this.database, KEPT_DAYS);
  }
}
