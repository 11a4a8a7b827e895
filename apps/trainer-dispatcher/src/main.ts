import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { migrations } from './persistence/migrations.js';

// Trainers fetch their data here, whatever becomes of Kafka.
await runService({ contract, loadConfig, module: () => AppModule.create(), database: { migrations }, isAskedWithoutKafka: true });
