import { Module } from '@nestjs/common';
import { Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { OpenAiTeacherClient } from '@ratchet/providers';
import { CONFIG, WORK } from '@ratchet/service';
import { PostgresLedger } from '@ratchet/spending';
import { DatasetKeeper } from './datasets/dataset-keeper.js';
import { UserEraser } from './datasets/user-eraser.js';
import { StoredTexts } from './filters/stored-texts.js';
import { ProposeFixesJob } from './fixes/propose-fixes.job.js';
import { BudgetNews } from './generation/budget-news.js';
import { DatasetPublisher } from './generation/dataset-publisher.js';
import { ExampleMetricsTick } from './generation/example-metrics.tick.js';
import { GenerateAllJob, generationCrons } from './generation/generate-all.job.js';
import { GenerateJob } from './generation/generate.job.js';
import { GenerationMetrics } from './generation/generation-metrics.js';
import { ErasureHandlers } from './handlers/erasure.handlers.js';
import { FixesHandlers } from './handlers/fixes.handlers.js';
import { GenerationCommandsHandlers } from './handlers/generation-commands.handlers.js';
import { OpportunitiesHandlers } from './handlers/opportunities.handlers.js';
import { ReviewHandlers } from './handlers/review.handlers.js';
import { SignalsHandlers } from './handlers/signals.handlers.js';
import { TrafficHandlers } from './handlers/traffic.handlers.js';
import { PruneTick } from './persistence/prune.tick.js';
import { ReviewDesk } from './review/review-desk.js';
import { ReviewMetrics } from './review/review-metrics.js';
import { ReviewTick } from './review/review.tick.js';
import { SettledApprovalsTick } from './review/settled-approvals.tick.js';
import { TeachingStaff } from './teaching/teaching-staff.js';
import type { DynamicModule } from '@nestjs/common';
import type { Work } from '@ratchet/service';
import type { Config } from './config.js';

const hireTeacher = (config: Config, database: Database, logger: Logger): TeachingStaff => {
  const client = config.teacher && new OpenAiTeacherClient(config.teacher);
  logger.info(client ? 'a teacher writes corrections and variations' : 'no TEACHER_PROVIDER is set: truth comes from people, from corrections that users submit and answers that reviewers give', {
    ...(client && { teacher: client.description }),
    reviewMode: config.REVIEW_MODE,
  });
  if (config.REVIEW_MODE === 'accept_all') logger.warn('REVIEW_MODE is accept_all: what any single user writes trains the model, and nobody reviews it');
  if (client && config.BUDGET_RUN_USD === undefined && config.BUDGET_MONTH_USD === undefined) logger.warn('the teacher has no budget: TEACHER_MAX_CALLS alone limits what a run may cost', { callsMax: config.TEACHER_MAX_CALLS });
  return new TeachingStaff({
    client,
    ledger: new PostgresLedger(database),
    limits: { runUsd: config.BUDGET_RUN_USD ?? null, monthUsd: config.BUDGET_MONTH_USD ?? null },
    price: { inputUsdPerMillion: config.TEACHER_PRICE_INPUT ?? 0, outputUsdPerMillion: config.TEACHER_PRICE_OUTPUT ?? 0 },
    rules: { confidenceMin: config.TEACHER_MIN_CONFIDENCE, atOnce: config.TEACHER_CONCURRENCY },
    callsPerRunMax: config.TEACHER_MAX_CALLS,
  });
};

const redactTexts = (config: Config, metrics: Metrics): StoredTexts => {
  const redactions = metrics.counter({ name: 'ratchet_data_generator_redactions_total', help: 'Places in texts that were replaced before they were stored, by kind', labelNames: ['kind'] });
  return new StoredTexts(config.redaction, (kind, count) => redactions.inc({ kind }, count));
};

const workOf = (config: Config, database: Database, generate: GenerateJob, generateAll: GenerateAllJob, proposeFixes: ProposeFixesJob, review: ReviewTick, approvals: SettledApprovalsTick, metrics: Metrics): Work => ({
  jobs: [generate, generateAll, proposeFixes],
  crons: generationCrons(config),
  ticks: [new ExampleMetricsTick(database, metrics), new PruneTick({ database, failuresMax: config.MAX_FAILURES, windowDays: config.FAILURE_WINDOW_DAYS, trafficMax: config.TRAFFIC_MAX }), review, approvals],
});

@Module({})
export class AppModule {
  static register(): DynamicModule {
    return {
      module: AppModule,
      controllers: [SignalsHandlers, OpportunitiesHandlers, ReviewHandlers, ErasureHandlers, FixesHandlers, GenerationCommandsHandlers, TrafficHandlers],
      providers: [
        GenerateJob,
        GenerateAllJob,
        GenerationMetrics,
        BudgetNews,
        DatasetPublisher,
        ReviewDesk,
        ReviewMetrics,
        ReviewTick,
        SettledApprovalsTick,
        DatasetKeeper,
        UserEraser,
        ProposeFixesJob,
        { provide: TeachingStaff, useFactory: hireTeacher, inject: [CONFIG, Database, Logger] },
        { provide: StoredTexts, useFactory: redactTexts, inject: [CONFIG, Metrics] },
        { provide: WORK, useFactory: workOf, inject: [CONFIG, Database, GenerateJob, GenerateAllJob, ProposeFixesJob, ReviewTick, SettledApprovalsTick, Metrics] },
      ],
    };
  }
}
