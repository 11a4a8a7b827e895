import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { appRole } from './audit/app-role.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { isForConsole } from './failures/failures.handlers.js';
import { prepareApp } from './http/prepare-app.js';
import { migrations } from './persistence/migrations.js';

await runService({ contract, loadConfig, module: () => AppModule.create(), database: { migrations, role: appRole }, prepare: prepareApp, accepts: isForConsole });
