import type { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import { pruneSessions } from './sessions.repository.js';

/** Forgets sessions that are over. */
export class PruneSessionsTick implements Tick {
  readonly tickName = 'prune-sessions';
  readonly everyMs = 3_600_000;

  constructor(
    private readonly database: Database,
    private readonly idleMinutes: number,
  ) {}

  async tick(): Promise<void> {
    await pruneSessions(this.database, this.idleMinutes);
  }
}
