import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@ratchet/persistence';
import { retainedInFile, trainerOf } from '@ratchet/providers';
import { CONFIG } from '@ratchet/service';
import type { Config } from '../config.js';
import { dataOfCycle, retainedExamples } from '../persistence/example.repository.js';
import { runHandleOf } from '../persistence/run.repository.js';
import type { RunRow } from '../persistence/run.repository.js';
import { bundleOf } from '../persistence/trainer.repository.js';
import { TrainerError } from './backends/trainer-backend.js';
import type { TrainingOrder } from './backends/trainer-backend.js';
import { configuredTraining, settingsOf } from './training-config.js';
import { PROVIDER_ITSELF, Trainers } from './trainers.js';

/** What a run is started with; the same whenever it is asked for, as long as no example is erased. */
@Injectable()
export class TrainingOrders {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Database) private readonly database: Database,
    @Inject(Trainers) private readonly trainers: Trainers,
  ) {}

  deadlineOf({ runStartedAt, startedAt }: Pick<RunRow, 'runStartedAt' | 'startedAt'>): Date {
    return new Date((runStartedAt ?? startedAt).getTime() + this.config.TRAINING_TIMEOUT_MS);
  }

  /** @throws {TrainerError} where the base version is unknown */
  async of(run: RunRow): Promise<TrainingOrder> {
    const { cycleId, model, workload, baseVersion } = run;
    const base = await bundleOf(this.database, baseVersion);
    if (!base) throw new TrainerError({ code: 'trainer_refused', message: `the bundle of ${baseVersion} is unknown` });
    const provider = this.trainers.providerOf(base);
    const settings = settingsOf(run.trainingConfig, configuredTraining(this.config));
    const { train } = await dataOfCycle(this.database, cycleId);
    // A program remembers as little as a provider does: the retained examples go with the others.
    const isProvider = this.trainers.isProvider(run.trainer ?? PROVIDER_ITSELF);
    const count = retainedInFile(isProvider ? trainerOf(provider) : 'openai', settings, train.length);
    return {
      ...runHandleOf(this.database, run),
      target: { model, workload },
      baseVersion,
      baseModel: base.provider.model,
      provider: base.provider.name,
      data: { train, retained: await retainedExamples(this.database, run, { cycleId, count }) },
      settings,
      seed: this.config.TRAINING_SEED,
      deadline: this.deadlineOf(run),
    };
  }
}
