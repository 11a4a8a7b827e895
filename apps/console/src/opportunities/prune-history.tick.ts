import type { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import { pruneHistory } from './opportunity-history.repository.js';

export class PruneHistoryTick implements Tick {
  readonly tickName = 'prune-opportunity-history';
  readonly everyMs = 600_000;

  constructor(private readonly database: Database) {}

  async tick(): Promise<void> {
    await pruneHistory(this.database);
  }
}
