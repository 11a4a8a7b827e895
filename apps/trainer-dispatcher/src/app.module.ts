import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { WORK } from '@ratchet/service';
import type { Work } from '@ratchet/service';
import { CycleHandlers } from './handlers/cycle.handlers.js';
import { DatasetHandlers } from './handlers/dataset.handlers.js';
import { ErasureHandlers } from './handlers/erasure.handlers.js';
import { FixHandlers } from './handlers/fix.handlers.js';
import { HoldHandlers } from './handlers/hold.handlers.js';
import { RegistryMetrics } from './registry/registry-metrics.js';
import { RegistryHandlers } from './registry/registry.handlers.js';
import { VersionRepublisher } from './registry/version-republisher.js';
import { CycleStarter } from './training/cycle-starter.js';
import { FixStarter } from './training/fix-starter.js';
import { TrainingBudget } from './training/budget/training-budget.js';
import { Trainers } from './training/trainers.js';
import { TrainingDataController } from './training/training-data.controller.js';
import { TrainingOrders } from './training/training-orders.js';
import { TrainingOutcomes } from './training/training-outcomes.js';
import { TrainingRuns } from './training/training-runs.js';
import { TrainingJob } from './training/training.job.js';

const workOf = (starter: CycleStarter, fixes: FixStarter, training: TrainingJob, runs: TrainingRuns, registry: RegistryMetrics): Work => ({ jobs: [training, starter], ticks: [starter, fixes, runs, registry], republishers: [new VersionRepublisher()] });

@Module({})
export class AppModule {
  static create(): DynamicModule {
    return {
      module: AppModule,
      controllers: [CycleHandlers, DatasetHandlers, ErasureHandlers, FixHandlers, HoldHandlers, RegistryHandlers, TrainingDataController],
      providers: [
        CycleStarter,
        FixStarter,
        TrainingBudget,
        Trainers,
        TrainingOrders,
        TrainingOutcomes,
        TrainingRuns,
        TrainingJob,
        RegistryMetrics,
        { provide: WORK, useFactory: workOf, inject: [CycleStarter, FixStarter, TrainingJob, TrainingRuns, RegistryMetrics] },
      ],
    };
  }
}
