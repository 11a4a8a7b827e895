import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { ExactlyOnceStrategy } from './exactly-once.strategy.js';
import { profileOf } from './reference/profile.js';

await runService({ contract, loadConfig, module: () => AppModule.create(), strategy: (services) => new ExactlyOnceStrategy(services, profileOf(process.argv.slice(2))) });
