import { Module } from '@nestjs/common';
import { Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { OpenAiEmbeddingsClient, OpenAiTeacherClient } from '@ratchet/providers';
import { CONFIG, WORK } from '@ratchet/service';
import { AnalysisTick } from './analysis/analysis.tick.js';
import { AnalyzeAllJob, analysisCrons } from './analysis/analyze-all.job.js';
import { AnalyzeJob } from './analysis/analyze.job.js';
import { OpportunityMetricsTick } from './analysis/opportunity-metrics.tick.js';
import { Clusterer } from './clustering/clusterer.js';
import { Diagnostics } from './diagnosis/diagnostics.js';
import { JudgePanel } from './diagnosis/judge/judge-panel.js';
import { FailureEmbedder } from './embedding/failure-embedder.js';
import { CyclesHandlers } from './handlers/cycles.handlers.js';
import { CommandsHandlers } from './handlers/commands.handlers.js';
import { ErasureHandlers } from './handlers/erasure.handlers.js';
import { PromotionsHandlers } from './handlers/promotions.handlers.js';
import { SignalsHandlers } from './handlers/signals.handlers.js';
import { StoredEmbeddings } from './persistence/embedding-cache.repository.js';
import { JudgeSpendingRepository } from './persistence/judge-spending.repository.js';
import { OpinionRepository } from './persistence/opinion.repository.js';
import { PruneTick } from './persistence/prune.tick.js';
import { RerankJob, RerankTick } from './priority/rerank.job.js';
import { strategistFor } from './strategies/strategist-for.js';
import { Strategist } from './strategies/strategist.js';
import type { DynamicModule } from '@nestjs/common';
import type { Work } from '@ratchet/service';
import type { Config } from './config.js';

const embedderFor = (config: Config, logger: Logger, database: Database): FailureEmbedder => {
  const embedder = new FailureEmbedder(config.embeddings && new OpenAiEmbeddingsClient(config.embeddings), new StoredEmbeddings(database));
  logger.info(config.embeddings ? 'failures are embedded by a provider' : 'no EMBEDDINGS_PROVIDER is set: failures are embedded locally, by hashed n-grams', { embedding: embedder.description });
  return embedder;
};

const diagnosticsFor = (config: Config, database: Database, logger: Logger, metrics: Metrics): Diagnostics => {
  const client = config.judge && new OpenAiTeacherClient(config.judge);
  const panel = client && config.DIAGNOSIS_JUDGE && new JudgePanel(config.DIAGNOSIS_JUDGE, client, new OpinionRepository(database), new JudgeSpendingRepository(database), logger, metrics);
  logger.info(client ? 'rules and a judge name root causes' : 'no DIAGNOSIS_JUDGE is set: rules name root causes', { ...(client && { judge: client.description }) });
  return new Diagnostics({ database, panel, confidenceMin: config.DIAGNOSIS_MIN_CONFIDENCE });
};

const workOf = (config: Config, database: Database, analyze: AnalyzeJob, analyzeAll: AnalyzeAllJob, rerank: RerankJob, metrics: Metrics): Work => ({
  jobs: [analyze, analyzeAll, rerank],
  crons: analysisCrons(config),
  ticks: [
    new OpportunityMetricsTick(database, metrics),
    new RerankTick({ database, everyMs: config.RERANK_EVERY_MS }),
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
        RerankJob,
        { provide: Diagnostics, useFactory: diagnosticsFor, inject: [CONFIG, Database, Logger, Metrics] },
        { provide: Clusterer, useValue: new Clusterer(config.CLUSTER_TIMEOUT_MS) },
        { provide: Strategist, useFactory: strategistFor, inject: [CONFIG, Logger] },
        { provide: FailureEmbedder, useFactory: embedderFor, inject: [CONFIG, Logger, Database] },
        { provide: WORK, useFactory: workOf, inject: [CONFIG, Database, AnalyzeJob, AnalyzeAllJob, RerankJob, Metrics] },
      ],
    };
  }
}
