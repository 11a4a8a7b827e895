import { type DynamicModule, Module } from '@nestjs/common';
import { type Tick, WORK, type Work } from '@ratchet/service';
import { CandidatesHandlers } from './handlers/candidates.handlers.js';
import { CommandsHandlers } from './handlers/commands.handlers.js';
import { ErasureHandlers } from './handlers/erasure.handlers.js';
import { EvidenceHandlers } from './handlers/evidence.handlers.js';
import { Operators } from './shell/operators.js';
import { RoutingRepublisher } from './shell/routing-republisher.js';
import { RolloutMetrics } from './shell/rollout-metrics.js';
import { RolloutTick } from './shell/rollout.tick.js';
import { type Clock, CLOCK, Rollouts } from './shell/rollouts.js';
import { UserUnitsTick } from './shell/user-units.tick.js';

const clock: Clock = () => Date.now();

@Module({})
export class AppModule {
  static create(): DynamicModule {
    return {
      module: AppModule,
      controllers: [CandidatesHandlers, EvidenceHandlers, CommandsHandlers, ErasureHandlers],
      providers: [
        { provide: CLOCK, useValue: clock },
        RolloutMetrics,
        Rollouts,
        Operators,
        RolloutTick,
        UserUnitsTick,
        { provide: WORK, useFactory: (...ticks: Tick[]): Work => ({ ticks, republishers: [new RoutingRepublisher(clock)] }), inject: [RolloutTick, UserUnitsTick] },
      ],
    };
  }
}
