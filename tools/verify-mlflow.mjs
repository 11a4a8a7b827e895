// `ratchet registry export --to-mlflow` against a real MLflow server from PyPI and a real Kafka: `npm run verify -- mlflow`. What MLflow then shows is read by its REST API.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';
import { root, runNode } from './run-process.mjs';

const MLFLOW = 'mlflow==3.17.2';
const MINUTE_MS = 60_000;
const CLI = 'apps/cli/bin/ratchet.mjs';
const target = { model: 'assistant', workload: 'support/EU' };
const hostile = `a reason\u0000 with \u001b[31m control characters, and far too long: ${'x'.repeat(20_000)}`;

const program = (file, args) => {
  const { status, error, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: 15 * MINUTE_MS });
  if (status !== 0) throw new Error(`${file} ${args[0]}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
};

export const installMlflow = (folder) => {
  program('python3', ['-m', 'venv', join(folder, 'venv')]);
  program(join(folder, 'venv', 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', MLFLOW]);
  return join(folder, 'venv', 'bin', 'mlflow');
};

export const startMlflow = async (mlflow, folder) => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1', '--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`, '--default-artifact-root', join(folder, 'artifacts')];
  const child = spawn(mlflow, args, { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' } });
  const log = createWriteStream(join(folder, 'mlflow.log'));
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const stop = () => {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  };
  for (const until = Date.now() + 3 * MINUTE_MS; Date.now() < until && child.exitCode === null; await sleep(500)) {
    if (await fetch(`${url}/health`).then(({ ok }) => ok, () => false)) return { url, stop };
  }
  stop();
  throw new Error(`MLflow did not start; its log is ${join(folder, 'mlflow.log')}`);
};

const event = (id, type, data) => ({ specversion: '1.0', id, source: '/verify', type, time: '2026-01-02T00:00:00Z', datacontenttype: 'application/json', data: { ...target, ...data } });
const cycle = { cycleId: 'c1', trainingRunId: 'r1', baseVersion: 'v1-aaaaaaaa' };
const at = '2026-01-02T00:00:00Z';
const bundle = (model) => ({ provider: { name: 'embedded', model } });
const gate = { name: 'target_improvement', required: true, verdict: 'passed', value: 0.31, halfWidth: 0.1, n: 60, threshold: 0.05, message: 'better' };
const published = (versionId, ordinal, parentVersion) => event(`p-${versionId}`, 'ratchet.version.published', { versionId, ordinal, bundle: bundle(`support@${ordinal}`), contentHash: `${ordinal}`.repeat(64), publishedAt: at, ...(parentVersion && { parentVersion }) });
const routing = (revision, champion, candidate) => event(`routing-${revision}`, 'ratchet.routing.changed', { revision, champion, ...(candidate && { candidate }), share: 0.05, stage: 1, salt: 's', stickTo: 'conversation', changedAt: at });

/** A champion and a candidate that passed its gates, as the topics tell of them. */
export const versionsBefore = [
  published('v1-aaaaaaaa', 1),
  event('s', 'ratchet.training.started', { ...cycle, trigger: 'data_threshold', triggerReason: hostile, datasetIds: ['d1', 'd2'], opportunityIds: ['o1'], failuresAnalyzed: 40, exampleCount: 190, trainingConfig: { recipe: 'gentle', seed: 7 }, startedAt: at }),
  published('v2-bbbbbbbb', 2, 'v1-aaaaaaaa'),
  event('r', 'ratchet.candidate.registered', { ...cycle, version: 'v2-bbbbbbbb', datasetIds: ['d1', 'd2'], opportunityIds: ['o1'], trainingConfig: { recipe: 'gentle', seed: 7 }, trainingSeconds: 12.5, backend: 'openai', dataHash: 'f'.repeat(64), metrics: { 'loss/train': 0.25 }, costUsd: 0.02, registeredAt: at }),
  event('j', 'ratchet.candidate.judged', { cycleId: 'c1', version: 'v2-bbbbbbbb', baseVersion: 'v1-aaaaaaaa', outcome: 'passed', gates: [gate], message: 'all gates passed', judgedAt: at }),
  routing(1, 'v1-aaaaaaaa', 'v2-bbbbbbbb'),
];

const read = async (url, path, query) => {
  const response = await fetch(`${url}/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
};

/** What MLflow holds, all of it, so that two states can be compared. */
const stateOf = async (url, name) => {
  const { registered_model } = await read(url, 'registered-models/get', { name });
  const { model_versions } = await read(url, 'model-versions/search', { filter: `name='${name}'` });
  const runs = await Promise.all(model_versions.map(({ run_id }) => read(url, 'runs/get', { run_id })));
  return { registered_model, model_versions, runs };
};
const tagsOf = ({ tags }) => Object.fromEntries(tags.map(({ key, value }) => [key, value]));
const aliasesOf = ({ registered_model: { aliases = [] }, model_versions }) =>
  Object.fromEntries(aliases.map(({ alias, version }) => [alias, tagsOf(model_versions.find((one) => String(one.version) === String(version)))['ratchet.version']]));

/** Our id of the version that an alias of the only registered model names. */
export const servingAlias = async (url, alias) => {
  const { registered_models } = await read(url, 'registered-models/search', {});
  return aliasesOf(await stateOf(url, registered_models[0].name))[alias];
};

const checkFirst = (state) => {
  assert.deepEqual(aliasesOf(state), { champion: 'v1-aaaaaaaa', candidate: 'v2-bbbbbbbb' });
  assert.equal(state.model_versions.length, 2);
  const version = state.model_versions.find((one) => tagsOf(one)['ratchet.version'] === 'v2-bbbbbbbb');
  const tags = tagsOf(version);
  assert.equal(version.source, 'ratchet://embedded/support%402');
  assert.deepEqual([tags['ratchet.parent'], tags['ratchet.cycle'], tags['ratchet.datasets'], tags['ratchet.data_hash'], tags['ratchet.gates']], ['v1-aaaaaaaa', 'c1', 'd1, d2', 'f'.repeat(64), 'passed']);
  assert.ok(tags['ratchet.trigger_reason'].length <= 500 && !/\p{Cc}/u.test(tags['ratchet.trigger_reason']), 'a hostile text is bounded');
  const { run } = state.runs.find((one) => one.run.info.run_id === version.run_id);
  assert.deepEqual(tagsOf({ tags: run.data.params }), { recipe: 'gentle', seed: '7' });
  const metrics = Object.fromEntries(run.data.metrics.map(({ key, value }) => [key, value]));
  assert.equal(metrics['gate.target_improvement'], 0.31);
  assert.deepEqual([metrics.cost_usd, metrics.training_seconds], [0.02, 12.5]);
};

const check = async ({ url, brokers, folder }) => {
  const cli = async (...args) => {
    const ended = await runNode(CLI, [...args, '--brokers', brokers], { timeoutMs: 3 * MINUTE_MS, capture: true });
    assert.equal(ended.code, 0, `ratchet ${args.join(' ')} ended with ${ended.code}`);
    return ended.output;
  };
  const send = async (events) => {
    const file = join(folder, 'events.jsonl');
    writeFileSync(file, events.map((one) => `${JSON.stringify(one)}\n`).join(''));
    await cli('replay', '--any', file);
  };
  const exportAll = () => cli('registry', 'export', '--to-mlflow', url);
  await send(versionsBefore);
  await exportAll();
  const { registered_models } = await read(url, 'registered-models/search', {});
  const name = registered_models[0].name;
  const first = await stateOf(url, name);
  checkFirst(first);
  assert.match(await exportAll(), /; 0 changes/u);
  assert.deepEqual(await stateOf(url, name), first, 'a second export changes nothing');
  await send([event('pr', 'ratchet.version.promoted', { rolloutId: 'ro', cycleId: 'c1', version: 'v2-bbbbbbbb', previousVersion: 'v1-aaaaaaaa', actor: 'automation', reason: 'all stages', opportunityIds: ['o1'], datasetIds: ['d1', 'd2'], evidence: { candidate: counts, control: counts, tests: [], formulaVersion: '1' }, promotedAt: at }), routing(2, 'v2-bbbbbbbb')]);
  await exportAll();
  const promoted = await stateOf(url, name);
  assert.deepEqual(aliasesOf(promoted), { champion: 'v2-bbbbbbbb' });
  assert.equal(promoted.model_versions.length, 2);
};
const counts = { units: 1, failedUnits: 0, outcomes: 1, failures: 0, errors: 0, unsafe: 0, latencyP95Ms: null };

/** @throws {Error} that says what MLflow did not show */
export const verifyMlflow = async (folder) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { startStack } = await import('../libs/local-stack/dist/index.js');
  const [{ createKafka, ensureTopics }, { topicCatalogue }, { Logger }] = await Promise.all(['kafka', 'contracts', 'observability'].map((lib) => import(`../libs/${lib}/dist/index.js`)));
  const startedAt = performance.now();
  const mlflow = installMlflow(folder);
  process.stdout.write(`${MLFLOW} is installed (${Math.round((performance.now() - startedAt) / 1_000)} s)\n`);
  const stack = await startStack({ dataDir: join(folder, 'stack'), onProgress: (step) => process.stdout.write(`${step}\n`) });
  let server;
  try {
    server = await startMlflow(mlflow, folder);
    await ensureTopics(createKafka({ brokers: stack.kafkaBrokers, clientId: 'verify' }, Logger.silent()), { catalogue: topicCatalogue, replicationFactor: 1, services: [] });
    await check({ url: server.url, brokers: stack.kafkaBrokers.join(','), folder });
  } finally {
    server?.stop();
    await stack.stop();
  }
  rmSync(folder, { recursive: true, force: true });
};
