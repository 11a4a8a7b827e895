import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { Evaluator0001 } from './persistence/migrations/0001-evaluator.migration.js';

await runService({ contract, loadConfig, module: () => ({ module: AppModule }), database: { migrations: [Evaluator0001] } });
