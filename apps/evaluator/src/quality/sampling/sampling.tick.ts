import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { describeError, Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { Tick } from '@ratchet/service';
import type { Config } from '../../config.js';
import { EvaluatorMetrics } from '../../metrics.js';
import { QualityRepository } from '../../persistence/quality.repository.js';
import { SamplingRepository } from '../../persistence/sampling.repository.js';
import type { CountedStratum } from '../../persistence/sampling.repository.js';
import { StreamsRepository } from '../../persistence/streams.repository.js';
import { planRates } from './plan-rates.js';
import { SamplingRates } from './sampling-rates.js';

const HOUR_MS = 3_600_000;
/** A stratum that appeared just now has told nothing of its hour yet. */
const COUNTED_MS_MIN = 60_000;
const YOUNG_MS = 24 * HOUR_MS;
const REFRESH_MS = 5_000;

const perHourOf = ({ requests, firstSeenAt }: CountedStratum, nowMs: number): number => {
  const seenMs = Math.min(HOUR_MS, Math.max(COUNTED_MS_MIN, nowMs - firstSeenAt.getTime()));
  return (requests * HOUR_MS) / seenMs;
};

/** On the leader: sets the rates from the counts, and stops sampling for as long as the last hour has used up the budget. */
@Injectable()
export class SamplingTick implements Tick {
  readonly tickName = 'sampling-rates';
  readonly everyMs = 10_000;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly sampling: SamplingRepository,
    private readonly streams: StreamsRepository,
    private readonly quality: QualityRepository,
    private readonly metrics: EvaluatorMetrics,
  ) {}

  async tick(): Promise<void> {
    const { SAMPLE_RATE, QUALITY_BUDGET_PER_HOUR, QUALITY_SAMPLES_PER_HOUR_MIN, QUALITY_BOOST_PER_HOUR } = this.config;
    const nowMs = Date.now();
    const counted = await this.sampling.countedStrata(this.database);
    const suspicious = await this.streams.suspicious(this.database);
    const strata = counted.map((one) => ({
      ...one,
      perHour: perHourOf(one, nowMs),
      isClose: one.arm !== 'rest' || nowMs - one.firstSeenAt.getTime() < YOUNG_MS,
      suspicious: suspicious.filter((stream) => stream.model === one.model && stream.workload === one.workload && stream.version === one.version).map(({ name }) => name),
    }));
    const used = await this.quality.evaluatedLastHour(this.database);
    const isSpent = used >= QUALITY_BUDGET_PER_HOUR;
    const planned = planRates(strata, { base: isSpent ? 0 : SAMPLE_RATE, perHourMin: QUALITY_SAMPLES_PER_HOUR_MIN, boostPerHour: QUALITY_BOOST_PER_HOUR, budgetPerHour: QUALITY_BUDGET_PER_HOUR });
    await this.sampling.saveRates(
      this.database,
      strata.map(({ model, workload, version, arm, perHour, firstSeenAt }, i) => ({ model, workload, version, arm, perHour, firstSeenAt, rate: planned[i]?.rate ?? 0, boosts: planned[i]?.boosts ?? {} })),
    );
    this.metrics.budgetUsed.set(used / QUALITY_BUDGET_PER_HOUR);
    this.metrics.boostedStreams.set(suspicious.length);
  }
}

/** On every instance: keeps the rates in memory fresh, since the choice must not wait for the database. */
@Injectable()
export class SamplingRatesRefresh implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly sampling: SamplingRepository,
    private readonly rates: SamplingRates,
    private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    this.rates.startAt(this.config.SAMPLE_RATE);
    await this.refresh();
    this.timer = setInterval(() => {
      this.refresh().catch((error: unknown) => this.logger.warn('the sampling rates could not be read; the last ones hold', describeError(error)));
    }, REFRESH_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async refresh(): Promise<void> {
    this.rates.replace(await this.sampling.rates(this.database));
  }
}
