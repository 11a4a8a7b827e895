import type { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import type { ConversationsConfig } from './conversations-config.js';
import { pruneFailures } from './forget-failures.js';

export class PruneFailuresTick implements Tick {
  readonly tickName = 'prune-failures';
  readonly everyMs = 600_000;

  constructor(
    private readonly database: Database,
    private readonly config: ConversationsConfig,
  ) {}

  async tick(): Promise<void> {
    await pruneFailures(this.database, this.config);
  }
}
