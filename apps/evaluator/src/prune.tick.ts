import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Tick } from '@ratchet/service';
import type { Config } from './config.js';
import { EvaluatorMetrics } from './metrics.js';
import { JudgeQueueRepository } from './persistence/judge-queue.repository.js';
import { JudgementsRepository } from './persistence/judgements.repository.js';
import { LabelsRepository } from './persistence/labels.repository.js';
import { QualityRepository } from './persistence/quality.repository.js';
import { SamplingRepository } from './persistence/sampling.repository.js';
import { ScoringCachesRepository } from './persistence/scoring-caches.repository.js';
import { StreamsRepository } from './persistence/streams.repository.js';
import { SuitesRepository } from './persistence/suites.repository.js';

/** A judgement that is older says nothing about now, and the text is kept only for it. */
const JUDGE_WITHIN_HOURS = 3;

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
    private readonly streams: StreamsRepository,
    private readonly sampling: SamplingRepository,
    private readonly labels: LabelsRepository,
    private readonly judgeQueue: JudgeQueueRepository,
    private readonly caches: ScoringCachesRepository,
    private readonly metrics: EvaluatorMetrics,
  ) {}

  async tick(): Promise<void> {
    await this.quality.prune(this.database, this.config.QUALITY_RETENTION_DAYS);
    await this.streams.prune(this.database, this.config.QUALITY_RETENTION_DAYS);
    await this.labels.prune(this.database, this.config.QUALITY_RETENTION_DAYS);
    await this.sampling.prune(this.database);
    const expired = await this.judgeQueue.prune(this.database, JUDGE_WITHIN_HOURS);
    if (expired > 0) this.metrics.evaluations.inc({ evaluator: 'all', kind: 'judge', result: 'expired' }, expired);
    await this.judgements.pruneAnswers(this.database, this.config.QUALITY_RETENTION_DAYS);
    await this.caches.prune(this.database, this.config.ANSWER_CACHE_DAYS);
    await this.suites.prune(this.database, this.config.SUITE_RETENTION_DAYS);
  }
}
