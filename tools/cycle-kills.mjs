// Builds, and kills trainer-dispatcher, model-server and evaluator at every step of cycles: `node tools/cycle-kills.mjs [--kills N] [--seed N]`. Exits 1
// where a cycle came to anything else than one that nobody disturbs. `--help` says more.
import { root, runNode, stopOnSignals } from './run-process.mjs';

const NX = 'node_modules/nx/dist/bin/nx.js';
const MINUTE_MS = 60_000;

stopOnSignals();
process.chdir(root);
const built = await runNode(NX, ['run-many', '-t', 'build', '--parallel=2', '--outputStyle=static'], { timeoutMs: 10 * MINUTE_MS, env: { NX_DAEMON: 'false', NX_TUI: 'false' } });
if (built.code !== 0) process.exit(built.code);
const { code } = await runNode('apps/e2e/dist/cycle-kills/main.js', process.argv.slice(2), { timeoutMs: 6 * 60 * MINUTE_MS });
process.exit(code);
