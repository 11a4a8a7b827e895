import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { WORK } from '@ratchet/service';
import { CycleHandlers } from './handlers/cycle.handlers.js';
import { DatasetHandlers } from './handlers/dataset.handlers.js';
import { ErasureHandlers } from './handlers/erasure.handlers.js';
import { CycleStarter } from './training/cycle-starter.js';
import { TrainingJob } from './training/training.job.js';

@Module({})
export class AppModule {
  static create(): DynamicModule {
    return {
      module: AppModule,
      controllers: [CycleHandlers, DatasetHandlers, ErasureHandlers],
      providers: [
        CycleStarter,
        TrainingJob,
        { provide: WORK, useFactory: (starter: CycleStarter, training: TrainingJob) => ({ jobs: [training], ticks: [starter] }), inject: [CycleStarter, TrainingJob] },
      ],
    };
  }
}
