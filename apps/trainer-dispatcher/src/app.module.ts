import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { WORK } from '@ratchet/service';
import { CycleHandlers } from './handlers/cycle.handlers.js';
import { DatasetHandlers } from './handlers/dataset.handlers.js';
import { ErasureHandlers } from './handlers/erasure.handlers.js';
import { FixHandlers } from './handlers/fix.handlers.js';
import { HoldHandlers } from './handlers/hold.handlers.js';
import { CycleStarter } from './training/cycle-starter.js';
import { FixStarter } from './training/fix-starter.js';
import { TrainingBudget } from './training/budget/training-budget.js';
import { Trainers } from './training/trainers.js';
import { TrainingDataController } from './training/training-data.controller.js';
import { TrainingOrders } from './training/training-orders.js';
import { TrainingOutcomes } from './training/training-outcomes.js';
import { TrainingRuns } from './training/training-runs.js';
import { TrainingJob } from './training/training.job.js';

@Module({})
export class AppModule {
  static create(): DynamicModule {
    return {
      module: AppModule,
      controllers: [CycleHandlers, DatasetHandlers, ErasureHandlers, FixHandlers, HoldHandlers, TrainingDataController],
      providers: [
        CycleStarter,
        FixStarter,
        TrainingBudget,
        Trainers,
        TrainingOrders,
        TrainingOutcomes,
        TrainingRuns,
        TrainingJob,
        {
          provide: WORK,
          useFactory: (starter: CycleStarter, fixes: FixStarter, training: TrainingJob, runs: TrainingRuns) => ({ jobs: [training, starter], ticks: [starter, fixes, runs] }),
          inject: [CycleStarter, FixStarter, TrainingJob, TrainingRuns],
        },
      ],
    };
  }
}
