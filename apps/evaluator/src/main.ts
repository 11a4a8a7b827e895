import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { migrations } from './persistence/migrations.js';
import { inQualitySample } from './quality/sampling/sample.js';
import { SamplingRates } from './quality/sampling/sampling-rates.js';

const rates = new SamplingRates();

await runService({
  contract,
  loadConfig,
  module: () => AppModule.with(rates),
    database: { migrations },
  accepts: (event) => inQualitySample(event, rates),
});
