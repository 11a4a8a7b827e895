import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { isForAnalysis } from './handlers/signals.handlers.js';
import { ClustersOverTime0002 } from './persistence/clusters-over-time.migration.js';
import { Diagnosis0003 } from './persistence/diagnosis.migration.js';
import { Erasures0005 } from './persistence/erasures.migration.js';
import { InitialSchema0001 } from './persistence/initial-schema.migration.js';
import { Strategies0004 } from './persistence/strategies.migration.js';

await runService({
  contract,
  loadConfig,
  module: (config) => AppModule.with(config),
  database: { migrations: [InitialSchema0001, ClustersOverTime0002, Diagnosis0003, Strategies0004, Erasures0005] },
  accepts: isForAnalysis,
});
