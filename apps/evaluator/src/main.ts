import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { Evaluator0001 } from './persistence/migrations/0001-evaluator.migration.js';
import { Evaluator0002 } from './persistence/migrations/0002-quality.migration.js';
import { AnswerChecks0003 } from './persistence/migrations/0003-answer-checks.migration.js';
import { Erasures0004 } from './persistence/migrations/0004-erasures.migration.js';
import { inQualitySample } from './quality/sampling/sample.js';
import { SamplingRates } from './quality/sampling/sampling-rates.js';

const rates = new SamplingRates();

await runService({
  contract,
  loadConfig,
  module: () => AppModule.with(rates),
    database: { migrations: [Evaluator0001, Evaluator0002, AnswerChecks0003, Erasures0004] },
  accepts: (event) => inQualitySample(event, rates),
});
