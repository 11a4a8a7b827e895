import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';

await runService({ contract, loadConfig, module: () => AppModule.forRoot() });
