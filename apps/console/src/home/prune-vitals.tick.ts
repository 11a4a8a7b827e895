import type { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import { pruneVitalsByTime } from '../vitals/vitals-by-time.js';

const EVERY_MS = 600_000;

/** Forgets fine-grained counts that no chart reaches back to. */
export class PruneVitalsTick implements Tick {
  readonly tickName = 'prune-vitals';
  readonly everyMs = EVERY_MS;

  constructor(private readonly database: Database) {}

  async tick(): Promise<void> {
    await pruneVitalsByTime(this.database);
  }
}
