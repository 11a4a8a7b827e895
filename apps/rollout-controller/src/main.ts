import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { isEvidence } from './handlers/evidence.handlers.js';
import { migrations } from './persistence/migrations.js';

await runService({ contract, loadConfig, module: () => AppModule.create(), database: { migrations }, accepts: isEvidence });
