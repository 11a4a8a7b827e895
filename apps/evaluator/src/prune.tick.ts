import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Tick } from '@ratchet/service';
import type { Config } from './config.js';
import { JudgementsRepository } from './persistence/judgements.repository.js';
import { QualityRepository } from './persistence/quality.repository.js';
import { SuitesRepository } from './persistence/suites.repository.js';

/** Forgets what is older than its retention. */
@Injectable()
export class PruneTick implements Tick {
  readonly tickName = 'prune';
  readonly everyMs = 3_600_000;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly quality: QualityRepository,
    private readonly judgements: JudgementsRepository,
    private readonly suites: SuitesRepository,
  ) {}

  async tick(): Promise<void> {
    await this.quality.prune(this.database, this.config.QUALITY_RETENTION_DAYS);
    await this.judgements.pruneAnswers(this.database, this.config.QUALITY_RETENTION_DAYS);
    await this.suites.prune(this.database, this.config.SUITE_RETENTION_DAYS);
  }
}
