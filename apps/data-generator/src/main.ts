import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { isForGeneration } from './handlers/signals.handlers.js';
import { InitialSchema0001 } from './persistence/initial-schema.migration.js';

await runService({
  contract,
  loadConfig,
  module: () => AppModule.register(),
  database: { migrations: [InitialSchema0001] },
  accepts: isForGeneration,
});
