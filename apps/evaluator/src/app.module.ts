import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { VersionRuntime } from '@ratchet/providers';
import { WORK } from '@ratchet/service';
import type { Work } from '@ratchet/service';
import { AaCheckJob } from './aa/aa-check.job.js';
import { AaCheckTick } from './aa/aa-check.tick.js';
import { AaChecksRepository } from './aa/aa-checks.repository.js';
import { CandidatesHandlers } from './handlers/candidates.handlers.js';
import { DatasetsHandlers } from './handlers/datasets.handlers.js';
import { ErasureHandlers } from './handlers/erasure.handlers.js';
import { InteractionsHandlers } from './handlers/interactions.handlers.js';
import { VersionsHandlers } from './handlers/versions.handlers.js';
import { VitalsHandlers } from './handlers/vitals.handlers.js';
import { ChatConnections } from './judging/chat-connections.js';
import { JudgeCandidateJob } from './judging/judge-candidate.job.js';
import { EvaluatorMetrics } from './metrics.js';
import { ErasureRepository } from './persistence/erasure.repository.js';
import { FingerprintsRepository } from './persistence/fingerprints.repository.js';
import { JudgementsRepository } from './persistence/judgements.repository.js';
import { JudgeQueueRepository } from './persistence/judge-queue.repository.js';
import { LabelsRepository } from './persistence/labels.repository.js';
import { QualityRepository } from './persistence/quality.repository.js';
import { SamplingRepository } from './persistence/sampling.repository.js';
import { ScoringCachesRepository } from './persistence/scoring-caches.repository.js';
import { StreamsRepository } from './persistence/streams.repository.js';
import { SuitesRepository } from './persistence/suites.repository.js';
import { VersionsRepository } from './persistence/versions.repository.js';
import { PruneTick } from './prune.tick.js';
import { AgreementTick } from './quality/agreement/agreement.tick.js';
import { QualityAlertsTick } from './quality/alerts/quality-alerts.tick.js';
import { JudgePanel } from './quality/judges/judge-panel.js';
import { JudgeQualityJob } from './quality/judges/judge-quality.job.js';
import { QualityMonitor } from './quality/quality-monitor.js';
import { QualityController } from './quality/quality.controller.js';
import { SamplingRates } from './quality/sampling/sampling-rates.js';
import { SamplingRatesRefresh, SamplingTick } from './quality/sampling/sampling.tick.js';
import { SafetySetProvider } from './safety/safety-set.provider.js';
import { Scoring } from './scoring/scoring.js';

const repositories = [SuitesRepository, FingerprintsRepository, VersionsRepository, JudgementsRepository, QualityRepository, StreamsRepository, SamplingRepository, LabelsRepository, JudgeQueueRepository, ErasureRepository, ScoringCachesRepository, AaChecksRepository];
const jobs = [JudgeCandidateJob, JudgeQualityJob, AaCheckJob];
const ticks = [SamplingTick, QualityAlertsTick, AgreementTick, PruneTick, AaCheckTick];

@Module({
  controllers: [DatasetsHandlers, VersionsHandlers, CandidatesHandlers, InteractionsHandlers, VitalsHandlers, ErasureHandlers, QualityController],
  providers: [
    ...repositories,
    EvaluatorMetrics,
    QualityMonitor,
    JudgePanel,
    SamplingRatesRefresh,
    SafetySetProvider,
    Scoring,
    ChatConnections,
    { provide: VersionRuntime, useFactory: (chat: ChatConnections) => new VersionRuntime({ providers: chat.byName }), inject: [ChatConnections] },
    ...jobs,
    ...ticks,
    {
      provide: WORK,
      useFactory: (...work: (InstanceType<(typeof jobs)[number]> | InstanceType<(typeof ticks)[number]>)[]): Work => ({
        jobs: work.filter((one) => 'jobName' in one),
        ticks: work.filter((one) => 'tickName' in one),
      }),
      inject: [...jobs, ...ticks],
    },
  ],
})
export class AppModule {
  /** The rates are also what decides, before Nest, which events come in at all. */
  static with(rates: SamplingRates): DynamicModule {
    return { module: AppModule, providers: [{ provide: SamplingRates, useValue: rates }] };
  }
}
