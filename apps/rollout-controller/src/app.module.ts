import { type DynamicModule, Module } from '@nestjs/common';
import { WORK, type Work } from '@ratchet/service';
import { CandidatesHandlers } from './handlers/candidates.handlers.js';
import { CommandsHandlers } from './handlers/commands.handlers.js';
import { EvidenceHandlers } from './handlers/evidence.handlers.js';
import { Operators } from './shell/operators.js';
import { RolloutMetrics } from './shell/rollout-metrics.js';
import { RolloutTick } from './shell/rollout.tick.js';
import { type Clock, CLOCK, Rollouts } from './shell/rollouts.js';

const clock: Clock = () => Date.now();

@Module({})
export class AppModule {
  static create(): DynamicModule {
    return {
      module: AppModule,
      controllers: [CandidatesHandlers, EvidenceHandlers, CommandsHandlers],
      providers: [
        { provide: CLOCK, useValue: clock },
        RolloutMetrics,
        Rollouts,
        Operators,
        RolloutTick,
        { provide: WORK, useFactory: (tick: RolloutTick): Work => ({ ticks: [tick] }), inject: [RolloutTick] },
      ],
    };
  }
}
