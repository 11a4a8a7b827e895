import { Module } from '@nestjs/common';
import { VersionRuntime } from '@ratchet/providers';
import { WORK } from '@ratchet/service';
import type { Work } from '@ratchet/service';
import { CandidatesHandlers } from './handlers/candidates.handlers.js';
import { DatasetsHandlers } from './handlers/datasets.handlers.js';
import { InteractionsHandlers } from './handlers/interactions.handlers.js';
import { VersionsHandlers } from './handlers/versions.handlers.js';
import { ChatConnections } from './judging/chat-connections.js';
import { JudgeCandidateJob } from './judging/judge-candidate.job.js';
import { EvaluatorMetrics } from './metrics.js';
import { JudgementsRepository } from './persistence/judgements.repository.js';
import { QualityRepository } from './persistence/quality.repository.js';
import { SuitesRepository } from './persistence/suites.repository.js';
import { VersionsRepository } from './persistence/versions.repository.js';
import { PruneTick } from './prune.tick.js';
import { QualityMonitor } from './quality/quality-monitor.js';
import { SafetySetProvider } from './safety/safety-set.provider.js';

@Module({
  controllers: [DatasetsHandlers, VersionsHandlers, CandidatesHandlers, InteractionsHandlers],
  providers: [
    SuitesRepository,
    VersionsRepository,
    JudgementsRepository,
    QualityRepository,
    EvaluatorMetrics,
    QualityMonitor,
    SafetySetProvider,
    ChatConnections,
    { provide: VersionRuntime, useFactory: (chat: ChatConnections) => new VersionRuntime({ providers: chat.byName }), inject: [ChatConnections] },
    JudgeCandidateJob,
    PruneTick,
    { provide: WORK, useFactory: (judge: JudgeCandidateJob, prune: PruneTick): Work => ({ jobs: [judge], ticks: [prune] }), inject: [JudgeCandidateJob, PruneTick] },
  ],
})
export class AppModule {}
