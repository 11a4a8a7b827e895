// Builds, and runs a program that tries the gateway's doors: `node tools/doors.mjs recipes|hostile [options]`.
import { root, runNode, stopOnSignals } from './run-process.mjs';

const NX = 'node_modules/nx/dist/bin/nx.js';
const MINUTE_MS = 60_000;
const [program, ...args] = process.argv.slice(2);

stopOnSignals();
process.chdir(root);
const built = await runNode(NX, ['run-many', '-t', 'build', '--parallel=2', '--outputStyle=static'], { timeoutMs: 10 * MINUTE_MS, env: { NX_DAEMON: 'false', NX_TUI: 'false' } });
if (built.code !== 0) process.exit(built.code);
const { code } = await runNode(`apps/e2e/dist/doors/${program}-main.js`, args, { timeoutMs: 60 * MINUTE_MS });
process.exit(code);
