import { pruneComments } from '../fixes/fix.repository.js';
import { pruneFailures } from './failure.repository.js';
import { pruneRuns } from './run.repository.js';
import { pruneTraffic } from './traffic.repository.js';
import { pruneWaiting } from './review.repository.js';
import type { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';

const EVERY_MS = 300_000;

/** Keeps what is stored within its limits, also while nothing reads it. */
export class PruneTick implements Tick {
  readonly tickName = 'prune';
  readonly everyMs = EVERY_MS;
  private readonly database: Database;
  private readonly limits: { readonly failuresMax: number; readonly windowDays: number; readonly trafficMax: number };

  constructor({ database, ...limits }: { database: Database; failuresMax: number; windowDays: number; trafficMax: number }) {
    this.database = database;
    this.limits = limits;
  }

  async tick(): Promise<void> {
    await pruneFailures(this.database, this.limits);
    await pruneComments(this.database, this.limits.windowDays);
    await pruneRuns(this.database);
    await pruneTraffic(this.database, this.limits);
    await this.database.transaction((tx) => pruneWaiting(tx, this.limits.windowDays));
  }
}
