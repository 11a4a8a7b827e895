import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { WORK } from '@ratchet/service';
import { CycleHandlers } from './handlers/cycle.handlers.js';
import { DatasetHandlers } from './handlers/dataset.handlers.js';
import { ErasureHandlers } from './handlers/erasure.handlers.js';
import { FixHandlers } from './handlers/fix.handlers.js';
import { CycleStarter } from './training/cycle-starter.js';
import { FixStarter } from './training/fix-starter.js';
import { TrainingJob } from './training/training.job.js';

@Module({})
export class AppModule {
  static create(): DynamicModule {
    return {
      module: AppModule,
      controllers: [CycleHandlers, DatasetHandlers, ErasureHandlers, FixHandlers],
      providers: [
        CycleStarter,
        FixStarter,
        TrainingJob,
        { provide: WORK, useFactory: (starter: CycleStarter, fixes: FixStarter, training: TrainingJob) => ({ jobs: [training], ticks: [starter, fixes] }), inject: [CycleStarter, FixStarter, TrainingJob] },
      ],
    };
  }
}
