// Builds, and measures how long a rollback takes, from the evidence to the last gateway: `node tools/rollback-time.mjs [--rounds N]`. Exits 1
// where it takes longer than it may. `--help` says more.
import { root, runNode, stopOnSignals } from './run-process.mjs';

const NX = 'node_modules/nx/dist/bin/nx.js';
const MINUTE_MS = 60_000;

stopOnSignals();
process.chdir(root);
const built = await runNode(NX, ['run-many', '-t', 'build', '--parallel=2', '--outputStyle=static'], { timeoutMs: 10 * MINUTE_MS, env: { NX_DAEMON: 'false', NX_TUI: 'false' } });
if (built.code !== 0) process.exit(built.code);
const { code } = await runNode('apps/e2e/dist/rollback-time/main.js', process.argv.slice(2), { timeoutMs: 6 * 60 * MINUTE_MS });
process.exit(code);
