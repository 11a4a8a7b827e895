// Builds, and kills rollout-controllers before and after every write of every transition: `node tools/rollout-kills.mjs [--instances N]`. Exits 1
// where rows, revisions or events are not those of a run that nobody disturbs. `--help` says more.
import { root, runNode, stopOnSignals } from './run-process.mjs';

const NX = 'node_modules/nx/dist/bin/nx.js';
const MINUTE_MS = 60_000;

stopOnSignals();
process.chdir(root);
const built = await runNode(NX, ['run-many', '-t', 'build', '--parallel=2', '--outputStyle=static'], { timeoutMs: 10 * MINUTE_MS, env: { NX_DAEMON: 'false', NX_TUI: 'false' } });
if (built.code !== 0) process.exit(built.code);
const { code } = await runNode('apps/e2e/dist/rollout-kills/main.js', process.argv.slice(2), { timeoutMs: 6 * 60 * MINUTE_MS });
process.exit(code);
