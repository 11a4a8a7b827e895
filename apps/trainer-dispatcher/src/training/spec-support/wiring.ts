import { Logger, Metrics } from '@ratchet/observability';
import type { Database } from '@ratchet/persistence';
import type { Config } from '../../config.js';
import { TrainingBudget } from '../budget/training-budget.js';
import { CycleStarter } from '../cycle-starter.js';
import { Trainers } from '../trainers.js';
import { TrainingJob } from '../training.job.js';
import { TrainingOrders } from '../training-orders.js';
import { TrainingOutcomes } from '../training-outcomes.js';

const logger = Logger.silent();

/** What Nest puts together, for tests that need a part of it. */
export const starterWith = (config: Config, database: Database): CycleStarter => new CycleStarter(config, database, logger, new Metrics(), new TrainingBudget(config, logger), new Trainers(config));

export const trainingJobWith = (config: Config, database: Database, trainers = new Trainers(config), metrics = new Metrics()): TrainingJob => {
  const budget = new TrainingBudget(config, logger);
  return new TrainingJob(config, database, logger, trainers, new TrainingOrders(config, database, trainers), budget, new TrainingOutcomes(config, database, logger, budget, metrics));
};
