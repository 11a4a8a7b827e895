// What the programs of `apps/e2e` share that are started by hand or by `npm run verify`: they run the built product.
import { root, runNode, stopOnSignals } from './run-process.mjs';

const NX = 'node_modules/nx/dist/bin/nx.js';
const MINUTE_MS = 60_000;

/** Builds, runs `apps/e2e/dist/PROGRAM.js` for six hours at most, and ends with its code. */
export const runEndToEnd = async (program, args = process.argv.slice(2), { timeoutMs = 6 * 60 * MINUTE_MS } = {}) => {
  stopOnSignals();
  process.chdir(root);
  const built = await runNode(NX, ['run-many', '-t', 'build', '--parallel=2', '--outputStyle=static'], { timeoutMs: 10 * MINUTE_MS, env: { NX_DAEMON: 'false', NX_TUI: 'false' } });
  if (built.code !== 0) process.exit(built.code);
  const { code } = await runNode(`apps/e2e/dist/${program}.js`, args, { timeoutMs });
  process.exit(code);
};
