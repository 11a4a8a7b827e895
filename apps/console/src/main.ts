import { topics } from '@ratchet/contracts';
import { runService } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { appRole } from './audit/app-role.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { isForConsole } from './failures/failures.handlers.js';
import { prepareApp } from './http/prepare-app.js';
import { migrations } from './persistence/migrations.js';

// Lists of ids are asked for in the address.
const headerBytesMax = 65_536;
// These come by the hundred a second, and nobody waits for a single one: a turn is read when somebody opens a failure.
const restMs = { [topics.interactions.name]: 2_000, [topics.signals.name]: 1_000, [topics.vitals.name]: 500 };
// A page asks half a dozen things at once when something changes, while three batches may be under way: none of them should wait for a connection.
await runService({ contract, loadConfig, module: () => AppModule.create(), database: { migrations, role: appRole, connectionsMax: 12 }, isAskedWithoutKafka: true, fetchBytesMin: 1, headerBytesMax, restMs, prepare: prepareApp, accepts: isForConsole });
