// Builds, and measures how long a rollback takes, from the evidence to the last gateway: `node tools/rollback-time.mjs [--rounds N]`. Exits 1
// where it takes longer than it may. `--help` says more.
import { runEndToEnd } from './end-to-end.mjs';

await runEndToEnd('rollback-time/main');
