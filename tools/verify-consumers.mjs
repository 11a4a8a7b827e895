// docs/examples/consumers as programs of their own, against a real Kafka, PostgreSQL, Git and MLflow (PyPI), and the console's webhooks: `npm run verify -- consumers`.
import { randomBytes } from 'node:crypto';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { freePort } from './free-port.mjs';
import { installMlflow, servingAlias, startMlflow, versionsBefore } from './verify-mlflow.mjs';
import { root, runNode } from './run-process.mjs';

const STANDARD_WEBHOOKS = 'standardwebhooks==1.1.0';
const MINUTE_MS = 60_000;
const examples = join(root, 'docs', 'examples', 'consumers');
const target = { model: 'assistant', workload: 'support/EU' };
const counts = { units: 400, failedUnits: 8, outcomes: 600, failures: 9, errors: 0, unsafe: 0, latencyP95Ms: 900 };
const common = { rolloutId: 'ro', cycleId: 'c1', ...target, version: 'v2-bbbbbbbb', previousVersion: 'v1-aaaaaaaa', actor: 'policy', evidence: { candidate: counts, control: counts, tests: [], formulaVersion: '1' } };
const event = (id, type, data) => ({ specversion: '1.0', id, source: '/verify', type, time: new Date().toISOString(), datacontenttype: 'application/json', data: { ...common, ...data } });
const promotion = event('promoted-1', 'ratchet.version.promoted', { reason: 'all stages passed', opportunityIds: ['o1'], datasetIds: ['d1'], promotedAt: '2026-01-02T00:00:00Z' });
const rollback = event('rolledback-1', 'ratchet.version.rolledback', { reason: 'errors', stage: 5, metric: 'errors', rolledBackAt: '2026-01-02T01:00:00Z' });

const eventually = async (check, what) => {
  let last;
  for (const until = Date.now() + MINUTE_MS; Date.now() < until; await sleep(300)) {
    try {
      return await check();
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`${what}: ${last?.message}`);
};

/** Programs that run beside each other, and what they wrote. */
class Programs {
  running = [];

  constructor(folder) {
    this.folder = folder;
  }

  start(name, file, args, env = {}) {
    const child = spawn(process.execPath, [file, ...args], { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const program = { name, child, output: '', lines: () => program.output.split('\n').filter(Boolean).map((line) => JSON.parse(line)) };
    child.stdout.on('data', (text) => (program.output += text));
    child.stderr.pipe(createWriteStream(join(this.folder, `${name}.log`), { flags: 'a' }));
    program.ended = new Promise((resolve) => child.once('exit', resolve));
    this.running.push(program);
    return program;
  }

  async stop() {
    for (const { child } of this.running) child.kill();
    const killing = setTimeout(() => this.running.forEach(({ child }) => child.kill('SIGKILL')), 30_000);
    await Promise.all(this.running.map(({ ended }) => ended));
    clearTimeout(killing);
  }
}

const git = (folder, ...args) => {
  const { status, stdout, stderr } = spawnSync('git', ['-C', folder, '-c', 'user.name=verify', '-c', 'user.email=verify@localhost', ...args], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim();
};

const prepareGit = (folder) => {
  const [origin, clone] = [join(folder, 'deployments.git'), join(folder, 'clone')];
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
  git(folder, 'clone', '--quiet', origin, clone);
  git(clone, 'commit', '--quiet', '--allow-empty', '-m', 'start');
  git(clone, 'push', '--quiet', 'origin', 'HEAD:main');
  return { origin, clone };
};

/** What no follower may stumble over. */
const sendOddRecords = async (brokers) => {
  const { Kafka, logLevel } = await import('kafkajs');
  const producer = new Kafka({ clientId: 'verify', brokers: brokers.split(','), logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const unknown = { content_type: 'application/json', ce_specversion: '1.0', ce_id: 'new-1', ce_source: '/verify', ce_type: 'ratchet.something.new' };
  await producer.send({ topic: 'ratchet.promotions.v1', messages: [{ key: 'x', value: 'no JSON' }, { key: 'x', value: null }, { key: 'x', value: '{}', headers: unknown }] });
  await producer.disconnect();
};

/** By the snippet of docs/operating/promotions.md, and by the library of Standard Webhooks itself. */
const checkPython = async (folder, secret) => {
  const { webhookHeaders } = await import(pathToFileURL(join(root, 'apps', 'console', 'dist', 'webhooks', 'signature.js')).href);
  const body = JSON.stringify(promotion);
  const headers = webhookHeaders({ id: promotion.id, timestampSeconds: Math.floor(Date.now() / 1_000), body, secrets: [secret] });
  const old = webhookHeaders({ id: promotion.id, timestampSeconds: Math.floor(Date.now() / 1_000) - 400, body, secrets: [secret] });
  writeFileSync(join(folder, 'signed.json'), JSON.stringify({ headers, old, body, secret }));
  const bin = join(folder, 'venv', 'bin');
  assert.equal(spawnSync(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', STANDARD_WEBHOOKS], { stdio: 'inherit' }).status, 0, STANDARD_WEBHOOKS);
  const script = `import json, sys; sys.path.insert(0, sys.argv[1]); from verify_webhook import is_genuine; from standardwebhooks import Webhook; s = json.load(open(sys.argv[2])); b = s["body"].encode()
print(Webhook(s["secret"]).verify(s["body"], s["headers"])["id"], is_genuine(s["headers"], b, s["secret"]), is_genuine(s["headers"], b + b" ", s["secret"]), is_genuine(s["old"], b, s["secret"]), is_genuine({}, b, s["secret"]))`;
  const { stdout, stderr } = spawnSync(join(bin, 'python'), ['-B', '-c', script, examples, join(folder, 'signed.json')], { encoding: 'utf8' });
  assert.equal(stdout.trim(), `${promotion.id} True False False False`, stderr);
};

const check = async ({ folder, brokers, databaseUrl, mlflowUrl }) => {
  const cli = async (...args) => assert.equal((await runNode('apps/cli/bin/ratchet.mjs', [...args, '--brokers', brokers], { timeoutMs: 3 * MINUTE_MS, capture: true })).code, 0, `ratchet ${args.join(' ')}`);
  const send = async (...events) => {
    writeFileSync(join(folder, 'events.jsonl'), events.map((one) => `${JSON.stringify(one)}\n`).join(''));
    await cli('replay', '--any', join(folder, 'events.jsonl'));
  };
  const { origin, clone } = prepareGit(folder);
  const programs = new Programs(folder);
  try {
    await send(...versionsBefore);
    await cli('registry', 'export', '--to-mlflow', mlflowUrl);
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const [consolePort, receiverPort] = [await freePort(), await freePort()];
    const consoleToken = `rtk_${randomBytes(32).toString('base64url')}`;
    const webhook = { name: 'platform', url: `http://127.0.0.1:${receiverPort}/`, secret };
    programs.start('console', join(root, 'apps', 'console', 'dist', 'main.js'), [], { KAFKA_BROKERS: brokers, DATABASE_URL: databaseUrl, HTTP_PORT: String(consolePort), WEBHOOKS: JSON.stringify([webhook]), FIRST_ADMIN_TOKEN: consoleToken });
    const received = programs.start('receive-webhook', join(examples, 'receive-webhook.mjs'), ['--port', String(receiverPort)], { WEBHOOK_SECRET: secret });
    const followed = programs.start('follow-promotions', join(examples, 'follow-promotions.mjs'), ['--brokers', brokers]);
    const startCommitting = () => programs.start('commit-to-git', join(examples, 'commit-to-git.mjs'), ['--repository', clone, '--remote', 'origin', '--brokers', brokers]);
    const committing = startCommitting();
    programs.start('mlflow-alias', join(examples, 'mlflow-alias.mjs'), ['--mlflow', mlflowUrl, '--brokers', brokers]);

    await send(promotion);
    const served = () => git(origin, 'grep', '-h', '^version:', 'main');
    const champion = async (version) => assert.equal(await servingAlias(mlflowUrl, 'champion'), version);
    const idsOf = (program) => program.lines().map(({ id }) => id);
    await eventually(() => assert.deepEqual(idsOf(followed), ['promoted-1']), 'follow-promotions');
    await eventually(() => assert.equal(served(), 'version: "v2-bbbbbbbb"'), 'commit-to-git');
    await eventually(() => champion('v2-bbbbbbbb'), 'mlflow-alias');
    await eventually(() => assert.deepEqual(idsOf(received), ['promoted-1']), 'the webhook');
    assert.deepEqual(followed.lines()[0].data, promotion.data);

    committing.child.kill('SIGKILL');
    await committing.ended;
    await sendOddRecords(brokers);
    startCommitting();
    await send(promotion, rollback, promotion);
    await eventually(() => assert.deepEqual(idsOf(followed), ['promoted-1', 'rolledback-1']), 'follow-promotions, after the rollback');
    await eventually(() => assert.equal(served(), 'version: "v1-aaaaaaaa"'), 'commit-to-git, after the rollback');
    await eventually(() => champion('v1-aaaaaaaa'), 'mlflow-alias, after the rollback');
    await eventually(() => assert.deepEqual(idsOf(received), ['promoted-1', 'rolledback-1']), 'the webhook, after the rollback');
    // Both read the repeated promotion behind the rollback: time for it to do harm.
    await sleep(3_000);
    assert.deepEqual(git(origin, 'log', '--format=%s', 'main').split('\n'), ['Go back to v1-aaaaaaaa for assistant/support/EU', 'Promote v2-bbbbbbbb for assistant/support/EU', 'start']);
    await champion('v1-aaaaaaaa');
    const { webhooks } = await (await fetch(`http://127.0.0.1:${consolePort}/api/webhooks`, { headers: { authorization: `Bearer ${consoleToken}` } })).json();
    assert.deepEqual(webhooks.map(({ name, waiting, last }) => [name, waiting, last.map(({ state, attempts }) => [state, attempts])]), [['platform', 0, [['delivered', 1], ['delivered', 1]]]]);
    await checkPython(folder, secret);
  } finally {
    await programs.stop();
  }
};

/** @throws {Error} that says which consumer did not do what it should; the logs of all are in the folder */
export const verifyConsumers = async (folder) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { startStack } = await import('../libs/local-stack/dist/index.js');
  const [{ createKafka, ensureTopics }, { topicCatalogue }, { Logger }] = await Promise.all(['kafka', 'contracts', 'observability'].map((lib) => import(`../libs/${lib}/dist/index.js`)));
  const mlflow = installMlflow(folder);
  const stack = await startStack({ dataDir: join(folder, 'stack'), onProgress: (step) => process.stdout.write(`${step}\n`) });
  let server;
  try {
    server = await startMlflow(mlflow, folder);
    await ensureTopics(createKafka({ brokers: stack.kafkaBrokers, clientId: 'verify' }, Logger.silent()), { catalogue: topicCatalogue, replicationFactor: 1, services: ['console'] });
    await check({ folder, brokers: stack.kafkaBrokers.join(','), databaseUrl: stack.databaseUrl, mlflowUrl: server.url });
  } finally {
    server?.stop();
    await stack.stop();
  }
  rmSync(folder, { recursive: true, force: true });
};
