import { Inject, Injectable } from '@nestjs/common';
import { describeError, Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { CONFIG, type Tick } from '@ratchet/service';
import type { Config } from '../config.js';
import { allTargets } from '../persistence/target.repository.js';
import { Rollouts } from './rollouts.js';

/** Time alone moves rollouts, too: soak, bake and deadlines are stored instants that each tick compares with now. */
@Injectable()
export class RolloutTick implements Tick {
  readonly tickName = 'rollouts';
  readonly everyMs: number;

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Rollouts) private readonly rollouts: Rollouts,
    @Inject(Logger) private readonly logger: Logger,
  ) {
    this.everyMs = config.TICK_MS;
  }

  /** One transaction a target, so that one target's trouble holds up no other. */
  async tick(): Promise<void> {
    for (const { target } of await allTargets(this.database)) {
      try {
        await this.database.transaction((tx) => this.rollouts.evaluate(tx, target));
      } catch (error) {
        this.logger.warn('a target could not be evaluated and will be tried again', { target, ...describeError(error) });
      }
    }
  }
}
