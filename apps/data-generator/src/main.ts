import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { isForGeneration } from './handlers/signals.handlers.js';
import { migrations } from './persistence/migrations.js';

await runService({
  contract,
  loadConfig,
  module: () => AppModule.register(),
  database: { migrations },
  accepts: isForGeneration,
});
