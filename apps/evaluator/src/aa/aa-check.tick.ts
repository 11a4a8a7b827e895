import { Inject, Injectable } from '@nestjs/common';
import { derivedId } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Tick } from '@ratchet/service';
import type { Config } from '../config.js';
import { AA_CHECK } from './aa-check.job.js';
import { AaChecksRepository } from './aa-checks.repository.js';

/** On the leader: has each champion judged against itself when it is new, and again after each interval. */
@Injectable()
export class AaCheckTick implements Tick {
  readonly tickName = AA_CHECK;
  readonly everyMs = 60_000;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly checks: AaChecksRepository,
  ) {}

  async tick(): Promise<void> {
    const everyMs = this.config.AA_CHECK_EVERY_MS;
    if (everyMs === 0) return;
    await this.database.transaction(async (tx) => {
      for (const { model, workload } of await this.checks.due(tx, { everyMs })) {
        await tx.enqueue(AA_CHECK, { model, workload }, { key: `${AA_CHECK}:${derivedId(AA_CHECK, model, workload)}`, keyMode: 'preserve_run_at' });
      }
    });
  }
}
