import { Module } from '@nestjs/common';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { OpenAiTeacherClient } from '@ratchet/providers';
import { CONFIG, WORK } from '@ratchet/service';
import { DatasetKeeper } from './datasets/dataset-keeper.js';
import { UserEraser } from './datasets/user-eraser.js';
import { FixStaff } from './fixes/fix-staff.js';
import { ProposeFixesJob } from './fixes/propose-fixes.job.js';
import { GenerateAllJob, GENERATE_ALL_JOB } from './generation/generate-all.job.js';
import { GenerateJob } from './generation/generate.job.js';
import { GenerationMetrics } from './generation/generation-metrics.js';
import { ErasureHandlers } from './handlers/erasure.handlers.js';
import { FixesHandlers } from './handlers/fixes.handlers.js';
import { OpportunitiesHandlers } from './handlers/opportunities.handlers.js';
import { ReviewHandlers } from './handlers/review.handlers.js';
import { SignalsHandlers } from './handlers/signals.handlers.js';
import { PruneTick } from './persistence/prune.tick.js';
import { TeacherResultRepository } from './persistence/teacher-result.repository.js';
import { ReviewDesk } from './review/review-desk.js';
import { ReviewMetrics } from './review/review-metrics.js';
import { ReviewTick } from './review/review.tick.js';
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
  return new TeachingStaff({
    client,
    results: new TeacherResultRepository(database),
    rules: { variationsPerExample: config.TEACHER_VARIATIONS, confidenceMin: config.TEACHER_MIN_CONFIDENCE },
    callsPerRunMax: config.TEACHER_MAX_CALLS,
  });
};

const fixStaffOf = (config: Config, database: Database): FixStaff =>
  new FixStaff({ client: config.teacher && new OpenAiTeacherClient(config.teacher), results: new TeacherResultRepository(database), callsPerFixMax: config.TEACHER_MAX_CALLS });

const workOf = (config: Config, database: Database, generate: GenerateJob, generateAll: GenerateAllJob, proposeFixes: ProposeFixesJob, review: ReviewTick): Work => ({
  jobs: [generate, generateAll, proposeFixes],
  crons: [{ cronName: 'scheduled-generation', pattern: config.GENERATE_CRON, jobName: GENERATE_ALL_JOB }],
  ticks: [new PruneTick({ database, failuresMax: config.MAX_FAILURES, windowDays: config.FAILURE_WINDOW_DAYS }), review],
});

@Module({})
export class AppModule {
  static register(): DynamicModule {
    return {
      module: AppModule,
      controllers: [SignalsHandlers, OpportunitiesHandlers, ReviewHandlers, ErasureHandlers, FixesHandlers],
      providers: [
        GenerateJob,
        GenerateAllJob,
        GenerationMetrics,
        ReviewDesk,
        ReviewMetrics,
        ReviewTick,
        DatasetKeeper,
        UserEraser,
        ProposeFixesJob,
        { provide: FixStaff, useFactory: fixStaffOf, inject: [CONFIG, Database] },
        { provide: TeachingStaff, useFactory: hireTeacher, inject: [CONFIG, Database, Logger] },
        { provide: WORK, useFactory: workOf, inject: [CONFIG, Database, GenerateJob, GenerateAllJob, ProposeFixesJob, ReviewTick] },
      ],
    };
  }
}
