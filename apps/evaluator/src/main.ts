import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { Evaluator0001 } from './persistence/migrations/0001-evaluator.migration.js';
import { inQualitySample } from './quality/sampling.js';

await runService({
  contract,
  loadConfig,
  module: () => ({ module: AppModule }),
  database: { migrations: [Evaluator0001] },
  accepts: (event, { SAMPLE_RATE }) => inQualitySample(event, SAMPLE_RATE),
});
