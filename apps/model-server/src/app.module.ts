import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CONFIG, type ModelServerConfig } from './config.js';
import { FileStore } from './files/file-store.js';
import { FilesController } from './files/files.controller.js';
import { JobPlanner } from './fine-tuning/job-planner.js';
import { JobRunner } from './fine-tuning/job-runner.js';
import { JobStore } from './fine-tuning/job-store.js';
import { JobsController } from './fine-tuning/jobs.controller.js';
import { WorkerTrainer } from './fine-tuning/worker-trainer.js';
import { OpenAiErrorFilter } from './http/openai-error.filter.js';
import { HealthController } from './metrics/health.controller.js';
import { ServerMetrics } from './metrics/server-metrics.js';
import { EmbeddingsController } from './serving/embeddings.controller.js';
import { ModelStore } from './serving/model-store.js';
import { ModelsController } from './serving/models.controller.js';
import { Sentences } from './serving/sentences.js';

export interface AppModuleOptions {
  readonly config: ModelServerConfig;
  /** How trainings run; a class that starts its threads from elsewhere can be given. */
  readonly trainer?: Type<WorkerTrainer>;
}

@Module({})
export class AppModule {
  static with({ config, trainer = WorkerTrainer }: AppModuleOptions): DynamicModule {
    return {
      module: AppModule,
      controllers: [EmbeddingsController, FilesController, HealthController, JobsController, ModelsController],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: WorkerTrainer, useClass: trainer },
        { provide: APP_FILTER, useClass: OpenAiErrorFilter },
        FileStore,
        JobPlanner,
        JobRunner,
        JobStore,
        ModelStore,
        Sentences,
        ServerMetrics,
      ],
    };
  }
}
