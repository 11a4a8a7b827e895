// `npm run chaos -- [--seed N] [--kills N] [--minutes N]`: the built product on a stack of its own, killed and interrupted at random while
// traffic flows; then what came of it is compared with what should have. Exits 1 on any difference. `--help` says more.
import { root, runNode, stopOnSignals } from './run-process.mjs';

const NX = 'node_modules/nx/dist/bin/nx.js';
const MINUTE_MS = 60_000;
const BUILD_WITHIN_MS = 10 * MINUTE_MS;
const RUN_WITHIN_MS = 6 * 60 * MINUTE_MS;

stopOnSignals();
process.chdir(root);
const built = await runNode(NX, ['run-many', '-t', 'build', '--parallel=2', '--outputStyle=static'], { timeoutMs: BUILD_WITHIN_MS, env: { NX_DAEMON: 'false', NX_TUI: 'false' } });
if (built.code !== 0) process.exit(built.code);
const { code } = await runNode('apps/e2e/dist/chaos/main.js', process.argv.slice(2), { timeoutMs: RUN_WITHIN_MS });
process.exit(code);
