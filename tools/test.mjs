// `npm test`: where dependencies come from; type check, lint and unit tests of every project; then the integration tests against a real Kafka and PostgreSQL; then
// the whole loop. The last line counts the tests of all of them, and every other step that failed as one.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, runNode, stopOnSignals } from './run-process.mjs';

const NX = 'node_modules/nx/dist/bin/nx.js';
const MINUTE_MS = 60_000;
const results = join(root, '.ratchet', 'test-results');
const dataDir = join(root, '.ratchet', 'test-stack');
const environment = {
  RATCHET_TEST_RESULTS: results,
  NX_DAEMON: 'false',
  // A result of another day says nothing about this machine.
  NX_SKIP_NX_CACHE: 'true',
  NX_TUI: 'false',
  FORCE_COLOR: '0',
};

const totals = { passed: 0, failed: 0, skipped: 0 };
const problems = [];
let stack;

const fail = (problem) => {
  totals.failed += 1;
  problems.push(problem);
};

const heading = (text) => process.stdout.write(`\n=== ${text} (${new Date().toISOString().slice(11, 19)})\n`);

/** Adds what the reporters wrote since the last call; gives the projects with tests that failed. */
const addResults = () => {
  const failing = new Set();
  for (const file of readdirSync(results)) {
    const result = JSON.parse(readFileSync(join(results, file), 'utf8'));
    rmSync(join(results, file));
    for (const name of Object.keys(totals)) totals[name] += result[name];
    if (result.failed > 0) failing.add(result.name.replace(' (integration)', ''));
    problems.push(...result.failures);
  }
  return failing;
};

/** The tasks that Nx lists as failed at its end, such as `@ratchet/domain:lint`. */
const failedTasksIn = (output) => [...new Set([...output.matchAll(/^\s*(?:✖|-)\s+(?:nx run )?(@ratchet\/[\w-]+:[\w-]+)/gm)].map(([, task]) => task))];

const runNx = async (args, { env = {}, timeoutMs }) => {
  const { code, timedOut, output } = await runNode(NX, args, { env: { ...environment, ...env }, timeoutMs, capture: true });
  const failing = addResults();
  const step = `nx ${args.join(' ')}`;
  if (timedOut) return fail(`${step}: not finished after ${timeoutMs / MINUTE_MS} minutes`);
  if (code === 0) return;
  const tasks = failedTasksIn(output);
  if (tasks.length === 0) return fail(`${step}: exit code ${code}`);
  for (const task of tasks) {
    const [, project, target] = /^@ratchet\/(.+):(.+)$/.exec(task);
    // Failed tests have been counted one by one, unless Jest ended before it had any to tell of.
    if (!/^i?test$/.test(target)) fail(task);
    else if (!failing.has(project)) fail(`${task}: ended without a result`);
  }
};

/** For all projects at once: what they share is read once. Gives what it said. */
const check = async (name, script, args) => {
  const { code, timedOut, output } = await runNode(script, args, { env: environment, timeoutMs: 5 * MINUTE_MS, capture: true });
  if (code !== 0 || timedOut) fail(name);
  return output;
};

/** Boundaries are looked up in Nx's graph of the projects, which a fresh clone does not have; without it their rule lets everything pass. */
const lint = async () => {
  await check('the graph of projects', NX, ['show', 'projects']);
  const output = await check('lint', 'node_modules/eslint/bin/eslint.js', ['.']);
  if (output.includes('No cached ProjectGraph')) fail('lint: the boundaries between projects were not checked');
};

/** Without an answer of the registry the audit alone is left out, and counted so. */
const checkDependencies = async () => {
  const output = await check('dependencies', 'tools/check-supply-chain.mjs', []);
  if (/^audit skipped: /m.test(output)) totals.skipped += 1;
};

const build = async () => {
  const before = problems.length;
  await runNx(['run-many', '-t', 'build', '--parallel=2', '--outputStyle=static'], { timeoutMs: 5 * MINUTE_MS });
  return problems.length === before;
};

const integrate = async () => {
  const { startStack } = await import('../libs/local-stack/dist/index.js');
  rmSync(dataDir, { recursive: true, force: true });
  stack = await startStack({ dataDir, onProgress: (step) => process.stdout.write(`${step}\n`) });
  const env = { KAFKA_BROKERS: stack.kafkaBrokers.join(','), DATABASE_URL: stack.databaseUrl };
  await runNx(['run-many', '-t', 'itest', '--exclude=@ratchet/e2e', '--parallel=2', '--outputStyle=static'], { env, timeoutMs: 12 * MINUTE_MS });
};

const stopStack = async () => {
  await stack?.stop();
  stack = undefined;
};

const main = async () => {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  heading('dependencies');
  await checkDependencies();
  heading('types, lint, unit tests');
  await Promise.all([check('types', 'node_modules/@typescript/native/bin/tsc', ['-p', 'tsconfig.json']), lint()]);
  await runNx(['run-many', '-t', 'test', '--parallel=2', '--outputStyle=static'], { timeoutMs: 10 * MINUTE_MS });
  heading('build');
  if (!(await build())) return;
  heading('integration tests');
  await integrate().catch((error) => fail(`integration tests: ${error.message}`));
  await stopStack();
  heading('the whole loop');
  // Each of them brings a stack of its own: the demo as it does for a user, the others to take it away. What takes minutes of CPU time is left to `npm run verify -- fixes dead-letters`.
  await runNx(['run', '@ratchet/e2e:itest', '--outputStyle=static', '--args=--testPathIgnorePatterns=src/fixes.itest --testPathIgnorePatterns=src/poison.itest'], { timeoutMs: 20 * MINUTE_MS });
};

stopOnSignals(stopStack);
try {
  await main();
} catch (error) {
  fail(error.stack ?? String(error));
} finally {
  await stopStack();
}
if (problems.length > 0) process.stdout.write(`\nFailed:\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
const { passed, failed, skipped } = totals;
if (skipped > 0) process.stdout.write(`\n${skipped} skipped, for the reasons above\n`);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
