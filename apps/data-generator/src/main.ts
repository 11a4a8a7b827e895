import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { isForGeneration } from './handlers/signals.handlers.js';
import { FixProposals0004 } from './persistence/fix-proposals.migration.js';
import { InitialSchema0001 } from './persistence/initial-schema.migration.js';
import { NeedsPerson0005 } from './persistence/needs-person.migration.js';
import { ReviewAndDatasets0003 } from './persistence/review-and-datasets.migration.js';

await runService({
  contract,
  loadConfig,
  module: () => AppModule.register(),
  database: { migrations: [InitialSchema0001, ReviewAndDatasets0003, FixProposals0004, NeedsPerson0005] },
  accepts: isForGeneration,
});
