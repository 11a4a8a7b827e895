// `npm run verify`: what takes too long for `npm test`. `npm run verify -- NAME...` runs the named steps only; `--list` names them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hasGo } from './go-program.mjs';
import { installedPostgres } from './installed-postgres.mjs';
import { root, runNode, stopOnSignals } from './run-process.mjs';
import { verifyCompose } from './verify-compose.mjs';
import { verifyConsole } from './verify-console.mjs';
import { verifyConsoleFuzz } from './verify-console-fuzz.mjs';
import { verifyConsoleLoad } from './verify-console-load.mjs';
import { verifyConsumers } from './verify-consumers.mjs';
import { verifyDocs } from './verify-docs.mjs';
import { verifyHelm } from './verify-helm.mjs';
import { verifyImage } from './verify-image.mjs';
import { verifyMlflow } from './verify-mlflow.mjs';
import { verifyPrometheus, whyNoPrometheus } from './verify-prometheus.mjs';
import { verifySdk } from './verify-sdk.mjs';
import { verifyStats } from './verify-stats.mjs';
import { verifyUpgrade } from './verify-upgrade.mjs';
import { findBrowser, verifyWidget } from './verify-widget.mjs';

const MINUTE_MS = 60_000;
const CLI = 'apps/cli/bin/ratchet.mjs';
const NX = 'node_modules/nx/dist/bin/nx.js';
const dataDir = process.env.RATCHET_DATA_DIR ? resolve(process.env.RATCHET_DATA_DIR) : undefined;
const work = join(root, '.ratchet', 'verify');

const passed = { result: 'passed' };
const failed = (reason) => ({ result: 'failed', reason });
const skipped = (reason) => ({ result: 'skipped', reason });

/** The public data are not part of the repository. */
const withData = (files, step) => async () => {
  if (!dataDir) return skipped(`set RATCHET_DATA_DIR to the folder that holds ${files.join(' and ')}`);
  const missing = files.filter((file) => !existsSync(join(dataDir, file)));
  return missing.length > 0 ? skipped(`${dataDir} does not hold ${missing.join(' and ')}`) : step();
};

const expectCode = ({ code, timedOut }, wanted = 0) => {
  if (timedOut) return failed('not finished in time');
  return code === wanted ? passed : failed(`exit code ${code}, expected ${wanted}`);
};

/** A demo on a data folder of its own, which is removed when it has done what it should. */
const demo = (name, args, { wanted = 0, says } = {}) => async () => {
  const folder = join(work, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const ended = await runNode(CLI, ['demo', '--exit', '--data-dir', folder, '--report', join(folder, 'report.json'), ...args], { timeoutMs: 30 * MINUTE_MS, capture: true });
  const verdict = expectCode(ended, wanted);
  if (verdict !== passed) return failed(`${verdict.reason}; its logs are in ${folder}`);
  if (says && !says.test(ended.output)) return failed(`it did not say ${says}; its logs are in ${folder}`);
  rmSync(folder, { recursive: true, force: true });
  return passed;
};

const bench = (project, file, args = [], folder = 'libs') => async () => {
  const built = await runNode(NX, ['run', `@ratchet/${project}:build`, '--outputStyle=static'], { timeoutMs: 5 * MINUTE_MS });
  if (built.code !== 0) return expectCode(built);
  return expectCode(await runNode(`${folder}/${project}/bench/${file}`, args, { timeoutMs: 60 * MINUTE_MS, env: { RATCHET_DATA_DIR: dataDir } }));
};

/** The seed is printed, so that a run that found something can be had again. */
const chaos = async () => expectCode(await runNode('tools/chaos.mjs', [], { timeoutMs: 90 * MINUTE_MS }));
const cycleKills = async () => expectCode(await runNode('tools/cycle-kills.mjs', [], { timeoutMs: 90 * MINUTE_MS }));
const rolloutKills = async () => expectCode(await runNode('tools/rollout-kills.mjs', [], { timeoutMs: 60 * MINUTE_MS }));
const upgrade = async () => {
  const reason = await verifyUpgrade();
  return reason === undefined ? passed : failed(reason);
};
const restore = async () => expectCode(await runNode('tools/verify-restore.mjs', [], { timeoutMs: 30 * MINUTE_MS }));
const postgresTools = async () => {
  const programs = installedPostgres();
  if (programs === undefined) return skipped('there is no installed PostgreSQL with pg_dump here: name its folder by RATCHET_POSTGRES_PROGRAMS (Debian: apt-get install postgresql)');
  for (const way of ['dump', 'basebackup']) {
    const verdict = expectCode(await runNode('tools/verify-restore.mjs', ['--lost', 'both', '--backup', way], { timeoutMs: 20 * MINUTE_MS, env: { RATCHET_POSTGRES_PROGRAMS: programs } }));
    if (verdict !== passed) return failed(`${way}: ${verdict.reason}`);
  }
  return passed;
};
const operator = async () => (hasGo() ? expectCode(await runNode('tools/verify-operator.mjs', [], { timeoutMs: 30 * MINUTE_MS })) : skipped('there is no Go here, which builds Helm'));
const rollbackTime = async () => expectCode(await runNode('tools/rollback-time.mjs', [], { timeoutMs: 30 * MINUTE_MS }));
const doors = (program, args = []) => async () => expectCode(await runNode('tools/doors.mjs', [program, ...args], { timeoutMs: 70 * MINUTE_MS }));
const streams = async () => expectCode(await runNode('bench/run.mjs', ['streams', '--records', '100000', '--only', 'limit,full,reference,streams1,streams2'], { timeoutMs: 30 * MINUTE_MS }));

const training = async () => expectCode(await runNode('bench/run.mjs', ['training'], { timeoutMs: 120 * MINUTE_MS, env: dataDir ? { RATCHET_DATA_DIR: dataDir } : {} }));

const clustering = async () => {
  const speed = await bench('clustering', 'k-means.mjs', ['--sizes', '20000'])();
  return speed === passed ? bench('clustering', 'intents.mjs')() : speed;
};

const analysis = async () => {
  const built = await runNode(NX, ['run-many', '-t', 'build', '--projects=@ratchet/analyzer,@ratchet/local-stack', '--outputStyle=static'], { timeoutMs: 5 * MINUTE_MS });
  if (built.code !== 0) return expectCode(built);
  return expectCode(await runNode('apps/analyzer/bench/analysis-load.mjs', [], { timeoutMs: 20 * MINUTE_MS }));
};

const gates = async () => {
  const verdicts = await bench('gates', 'error-rates.mjs')();
  return verdicts === passed ? bench('evaluator', 'aa-checks.mjs', [], 'apps')() : verdicts;
};

const consolePages = async () => verifyConsole().then(() => passed, (error) => failed(error.message));

const consoleLoad = async () => {
  const built = await runNode(NX, ['run-many', '-t', 'build', '--projects=@ratchet/console,@ratchet/console-web,@ratchet/local-stack,@ratchet/testing', '--outputStyle=static'], { timeoutMs: 10 * MINUTE_MS });
  if (built.code !== 0) return expectCode(built);
  await verifyConsoleLoad(join(work, 'console-load'));
  return passed;
};

const helm = async () => {
  const reason = verifyHelm();
  return reason === undefined ? passed : skipped(reason);
};

const compose = async () => {
  const reason = verifyCompose(join(work, 'compose'));
  return reason === undefined ? passed : skipped(reason);
};

const image = async () => {
  const built = await runNode(NX, ['run', '@ratchet/local-stack:build', '--outputStyle=static'], { timeoutMs: 5 * MINUTE_MS });
  if (built.code !== 0) return expectCode(built);
  const reason = await verifyImage();
  return reason === undefined ? passed : skipped(reason);
};

const docs = async () => {
  const built = await runNode(NX, ['run-many', '-t', 'build', '--outputStyle=static'], { timeoutMs: 10 * MINUTE_MS });
  if (built.code !== 0) return expectCode(built);
  return verifyDocs(join(work, 'docs')).then(() => passed, (error) => failed(error.message));
};

const widget = async () => {
  const browser = findBrowser();
  if (!browser) return skipped('there is no Chromium here: install it (Debian: apt-get install chromium), or name one in CHROMIUM_PATH');
  const built = await runNode(NX, ['run-many', '-t', 'build', '--projects=@ratchet/gateway,@ratchet/local-stack', '--outputStyle=static'], { timeoutMs: 5 * MINUTE_MS });
  if (built.code !== 0) return expectCode(built);
  await verifyWidget(browser);
  return passed;
};

const sdk = async () => {
  const built = await runNode(NX, ['run', '@ratchet/sdk:build', '--outputStyle=static'], { timeoutMs: 5 * MINUTE_MS });
  if (built.code !== 0) return expectCode(built);
  await verifySdk(join(work, 'sdk'), findBrowser());
  return passed;
};

/** A step that installs packages of PyPI into an environment of its own. */
const withPython = (projects, name, step) => async () => {
  if (spawnSync('python3', ['-m', 'venv', '--help'], { stdio: 'ignore' }).status !== 0) return skipped('there is no Python 3 with venv here');
  const built = await runNode(NX, ['run-many', '-t', 'build', `--projects=${projects}`, '--outputStyle=static'], { timeoutMs: 10 * MINUTE_MS });
  if (built.code !== 0) return expectCode(built);
  await step(join(work, name));
  return passed;
};

const prometheus = async () => {
  const lacking = whyNoPrometheus();
  if (lacking) return skipped(lacking);
  await verifyPrometheus(join(work, 'prometheus'));
  return passed;
};

const endToEnd = (file) => async () => {
  const built = await runNode(NX, ['run-many', '-t', 'build', '--outputStyle=static'], { timeoutMs: 10 * MINUTE_MS });
  if (built.code !== 0) return expectCode(built);
  return expectCode(await runNode(NX, ['run', '@ratchet/e2e:itest', '--outputStyle=static', `--args=src/${file}.itest`], { timeoutMs: 15 * MINUTE_MS }));
};

const steps = [
  { name: 'demo', does: 'two weeks of the loop on the built-in data', run: demo('demo', ['--weeks', '2']) },
  { name: 'poison', does: 'a wrong correction by many users is turned down', run: demo('poison', ['--poison'], { wanted: 1, says: /^(REJECTED|ROLLED BACK) /m }) },
  { name: 'chaos', does: 'every service killed twenty times, broker and database away, under traffic', run: chaos },
  { name: 'cycle-kills', does: 'trainer-dispatcher, model-server and evaluator killed fifty times, at every step of a cycle', run: cycleKills },
  { name: 'rollout-kills', does: 'rollout-controller killed before and after every write of every transition', run: rolloutKills },
  { name: 'rollback-time', does: 'candidates that fail, are unsafe or slow under traffic: from the evidence to the last gateway in under 2 s + 1 s', run: rollbackTime },
  { name: 'fixes', does: 'each of the five kinds of fix, from failures in to a changed answer in traffic', run: endToEnd('fixes') },
  { name: 'compose', does: 'the Compose file as Docker Compose reads it (Go)', run: compose },
  { name: 'image', does: 'what the Dockerfile does, for each app: its own commands, then started by a user without rights from files that cannot be written, until it is healthy and ready (root)', run: image },
  { name: 'helm', does: 'the chart rendered for several uses: taken by Kubernetes, wrong values refused, rights as few as they can be (Go)', run: helm },
  { name: 'docs', does: 'each command that a document shows, run on a demo', run: docs },
  { name: 'dead-letters', does: 'broken and hostile records on every topic: each consumer sets them aside and goes on', run: endToEnd('poison') },
  { name: 'recipes', does: 'each snippet of docs/operating/connect.md, with packages from PyPI and npm', run: doors('recipes') },
  { name: 'hostile', does: '100,000 broken, hostile and random inputs through every door', run: doors('hostile') },
  { name: 'clinc150', does: 'the loop on CLINC150', run: withData(['clinc150.jsonl'], demo('clinc150', ['--weeks', '1', '--data', join(dataDir ?? '', 'clinc150.jsonl')])) },
  { name: 'banking77', does: 'the loop on BANKING77', run: withData(['banking77.jsonl'], demo('banking77', ['--weeks', '1', '--data', join(dataDir ?? '', 'banking77.jsonl')])) },
  { name: 'training', does: 'what the training recipes forget and learn', run: training },
  { name: 'signals', does: 'how well failure signals agree with people', run: withData(['uss_mwoz.jsonl', 'uss_sgd.jsonl', 'uss_redial.jsonl', 'uss_ccpe.jsonl'], bench('signals', 'agreement.mjs')) },
  { name: 'clustering', does: 'k-means and clusters of labelled intents beside scikit-learn (PyPI) on the same vectors', run: withData(['natcs_intents.jsonl', 'banking77.jsonl', 'clinc150.jsonl'], clustering) },
  { name: 'analysis', does: '100,000 failures are analysed in under 60 s on one core, and the consumer does not fall behind', run: analysis },
  { name: 'console', does: 'the console in a browser, on the running loop: 20 reviews by keyboard, rollouts paused, resumed and rolled back, a promotion that arrives, each within a second of its event, a report signed, hostile texts shown as text, every page by axe', run: consolePages },
  { name: 'console-fuzz', does: 'the whole API of the console by schemathesis (PyPI) on its OpenAPI document: no 5xx, no answer outside the document', run: withPython('@ratchet/console,@ratchet/console-web,@ratchet/local-stack,@ratchet/testing', 'console-fuzz', verifyConsoleFuzz) },
  { name: 'console-load', does: 'every route and page of the console on a database of years: 300 ms, 2 s, no scan of a large table', run: consoleLoad },
  { name: 'widget', does: 'the feedback widget in a browser, by mouse and keyboard, and its feedback on the topic', run: widget },
  { name: 'mlflow', does: 'versions, lineage and aliases in a real MLflow (PyPI), and a second export that changes nothing', run: withPython('@ratchet/cli,@ratchet/local-stack', 'mlflow', verifyMlflow) },
  { name: 'consumers', does: 'the examples for downstream teams: Kafka, Git, a real MLflow (PyPI) and a webhook, once each, through a crash and a rollback', run: withPython('@ratchet/cli,@ratchet/console,@ratchet/local-stack', 'consumers', verifyConsumers) },
  { name: 'prometheus', does: 'the rules by promtool, and a real Prometheus on the running demo: every expression of rules and dashboards gives data', run: prometheus },
  { name: 'sdk', does: 'the packed SDK in plain Node, in a browser, and the Python of its README, against its vectors', run: sdk },
  { name: 'stats', does: 'the calculator of statistics beside scipy and statsmodels (PyPI), on random and extreme inputs of every group', run: withPython('@ratchet/cli', 'stats', verifyStats) },
  { name: 'root-causes', does: 'rules tell root causes apart on the held-out half of the labelled failures', run: bench('analyzer', 'root-causes.mjs', [], 'apps') },
  { name: 'gates', does: 'how often the gates are wrong, and how often they see what is there, by simulated candidates and A/A checks', run: gates },
  { name: 'rollouts', does: 'how often whole rollouts are wrong, and how soon they see what is there, by the controller\'s own decisions on drawn traffic', run: bench('rollout-controller', 'rollouts.mjs', [], 'apps') },
  { name: 'experiments', does: 'how often A/B tests name a false winner, however often they are looked at, and how often they see a true one', run: bench('rollout-controller', 'experiments.mjs', ['--runs', '400'], 'apps') },
  { name: 'drift', does: 'a drop of quality is noticed within the hour, and quiet years are quiet', run: bench('evaluator', 'quality-drift.mjs', [], 'apps') },
  { name: 'upgrade', does: 'services of the last release and of this one at once, on one Kafka and one PostgreSQL, while the demo turns the loop (fetches the packages of the last release, npm; Linux)', run: upgrade },
  { name: 'operator', does: 'the way of a new operator, by the documents alone: what the chart renders is run, a failure rate that rose is explained and rolled back, dead letters are replayed', run: operator },
  { name: 'restore', does: 'Kafka, PostgreSQL and both lost in the middle of a rollout, and restored from a backup of the running server: the rollout goes on, the audit verifies', run: restore },
  { name: 'postgres-tools', does: 'both stores lost and restored from what pg_dump and pg_basebackup of an installed PostgreSQL made (apt-get install postgresql)', run: postgresTools },
  { name: 'streams', does: 'the stream benchmark, small: Kafka Streams must find what our reference job finds', run: streams },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => name !== '--list' && !steps.some((step) => step.name === name));
if (unknown.length > 0 || wanted.includes('--list')) {
  if (unknown.length > 0) process.stderr.write(`there is no step ${unknown.join(', ')}\n`);
  process.stdout.write(steps.map(({ name, does }) => `${name.padEnd(14)} ${does}\n`).join(''));
  process.exit(unknown.length > 0 ? 2 : 0);
}

stopOnSignals();
const results = [];
for (const { name, does, run } of steps.filter((step) => wanted.length === 0 || wanted.includes(step.name))) {
  process.stdout.write(`\n=== ${name}: ${does}\n`);
  const startedAt = performance.now();
  const outcome = await run().catch((error) => failed(error.message));
  results.push({ name, seconds: Math.round((performance.now() - startedAt) / 1_000), ...outcome });
}
process.stdout.write(`\n${results.map(({ name, result, seconds, reason }) => `${name.padEnd(14)} ${result.padEnd(8)} ${String(seconds).padStart(5)} s  ${reason ?? ''}`.trimEnd()).join('\n')}\n`);
process.exit(results.some(({ result }) => result === 'failed') ? 1 : 0);
