import { pruneEmbeddings } from './embedding-cache.repository.js';
import { pruneFailures } from './failure.repository.js';
import { pruneOutcomes } from './outcome.repository.js';
import { pruneQuotes } from './retention.repository.js';
import type { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';

const EVERY_MS = 300_000;

/** Keeps what is stored within its limits, also while nothing reads it. */
export class PruneTick implements Tick {
  readonly tickName = 'prune';
  readonly everyMs = EVERY_MS;
  private readonly database: Database;
  private readonly limits: { readonly failuresMax: number; readonly windowDays: number };

  constructor({ database, ...limits }: { database: Database; failuresMax: number; windowDays: number }) {
    this.database = database;
    this.limits = limits;
  }

  async tick(): Promise<void> {
    await pruneFailures(this.database, this.limits);
    await pruneOutcomes(this.database);
    await pruneEmbeddings(this.database, this.limits);
    await pruneQuotes(this.database, this.limits);
  }
}
