import { Inject, Injectable } from '@nestjs/common';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Tick } from '@ratchet/service';
import { pruneUserUnits } from '../persistence/user-units.repository.js';

/** Who was counted is known only as long as it is needed. Apart from the rollout's end, which must not wait for a million rows. */
@Injectable()
export class UserUnitsTick implements Tick {
  readonly tickName = 'user-units';
  readonly everyMs = 5_000;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  async tick(): Promise<void> {
    const gone = await pruneUserUnits(this.database);
    if (gone > 0) this.logger.info('rows of users were removed, because their rollout is over', { gone });
  }
}
