import { Module } from '@nestjs/common';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { OpenAiEmbeddingsClient, OpenAiTeacherClient } from '@ratchet/providers';
import { CONFIG, WORK } from '@ratchet/service';
import { AnalysisTick } from './analysis/analysis.tick.js';
import { AnalyzeAllJob } from './analysis/analyze-all.job.js';
import { AnalyzeJob } from './analysis/analyze.job.js';
import { analysisCrons } from './analysis/schedule.js';
import { Clusterer } from './clustering/clusterer.js';
import { FailureEmbedder } from './embedding/failure-embedder.js';
import { CyclesHandlers } from './handlers/cycles.handlers.js';
import { CommandsHandlers } from './handlers/commands.handlers.js';
import { ErasureHandlers } from './handlers/erasure.handlers.js';
import { PromotionsHandlers } from './handlers/promotions.handlers.js';
import { SignalsHandlers } from './handlers/signals.handlers.js';
import { StoredEmbeddings } from './persistence/embedding-cache.repository.js';
import { PruneTick } from './persistence/prune.tick.js';
import { Strategist } from './strategies/strategist.js';
import { TeacherProposer } from './strategies/teacher-proposer.js';
import type { DynamicModule } from '@nestjs/common';
import type { Work } from '@ratchet/service';
import type { Config } from './config.js';

const DAY_MS = 86_400_000;

const embedderFor = (config: Config, logger: Logger, database: Database): FailureEmbedder => {
  const embedder = new FailureEmbedder(config.embeddings && new OpenAiEmbeddingsClient(config.embeddings), new StoredEmbeddings(database));
  logger.info(config.embeddings ? 'failures are embedded by a provider' : 'no EMBEDDINGS_PROVIDER is set: failures are embedded locally, by hashed n-grams', { embedding: embedder.description });
  return embedder;
};

const strategistFor = (config: Config, logger: Logger): Strategist =>
  new Strategist({
    catalogue: config.strategies,
    proposer: config.teacher && new TeacherProposer(new OpenAiTeacherClient(config.teacher), config.teacher.provider.timeoutMs),
    agreeingUsersMin: config.REVIEW_AGREEING_USERS,
    halfLifeMs: config.STRATEGY_HALF_LIFE_DAYS * DAY_MS,
    exploration: config.STRATEGY_EXPLORATION,
    logger,
  });

const workOf = (config: Config, database: Database, analyze: AnalyzeJob, analyzeAll: AnalyzeAllJob): Work => ({
  jobs: [analyze, analyzeAll],
  crons: analysisCrons(config),
  ticks: [
    new PruneTick({ database, failuresMax: config.MAX_FAILURES, windowDays: config.FAILURE_WINDOW_DAYS }),
    ...(config.ANALYSIS_EVERY_MS === undefined ? [] : [new AnalysisTick({ database, everyMs: config.ANALYSIS_EVERY_MS, newFailuresMin: config.MIN_NEW_FAILURES })]),
  ],
});

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      controllers: [SignalsHandlers, PromotionsHandlers, CommandsHandlers, ErasureHandlers, CyclesHandlers],
      providers: [
        AnalyzeJob,
        AnalyzeAllJob,
        { provide: Clusterer, useValue: new Clusterer(config.CLUSTER_TIMEOUT_MS) },
        { provide: Strategist, useFactory: strategistFor, inject: [CONFIG, Logger] },
        { provide: FailureEmbedder, useFactory: embedderFor, inject: [CONFIG, Logger, Database] },
        { provide: WORK, useFactory: workOf, inject: [CONFIG, Database, AnalyzeJob, AnalyzeAllJob] },
      ],
    };
  }
}
