// What the Dockerfile does, for each app and without an engine: `npm run verify -- image`. Its own commands are run in copies of what it copies; what its last stage would hold is started as that stage
// starts it: by a user without rights, from files that cannot be written, until its health check passes and its service is ready; and asked to stop. `RATCHET_IMAGES=console,gateway` does some.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ofKeyword, readDockerfile } from './dockerfile.mjs';
import { freePort } from './free-port.mjs';
import { root, whenInterrupted } from './run-process.mjs';

const APPS = ['gateway', 'signal-detector', 'analyzer', 'data-generator', 'trainer-dispatcher', 'evaluator', 'rollout-controller', 'console', 'model-server'];
/** The user `node` of the image. */
const USER = 1_000;
const SOON_MS = 180_000;
const STOP_WITHIN_MS = 30_000;
/** Of the tools that a build needs and a service does not. */
const TOOLS = ['typescript', 'jest', 'nx', '@swc/core', 'vite', 'eslint', 'node'];

const shell = (command, { cwd, env = {} }) => {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd, encoding: 'utf8', maxBuffer: 2 ** 28, env: { ...process.env, NODE_OPTIONS: '', NX_TUI: 'false', ...env } });
  assert.equal(status, 0, `${command}: ${`${stdout}\n${stderr}`.slice(-2_000)}`);
  return stdout;
};

/** The build context: what is in the repository, for .dockerignore leaves out what is not. */
const copyContext = (folder) => {
  mkdirSync(folder, { recursive: true });
  shell(`git ls-files -z --cached --others --exclude-standard | tar --create --null --files-from - | tar --extract --directory '${folder}'`, { cwd: root });
};

/** Files by hard links: as a layer, it is shared, and whoever changes a file makes one of its own. */
const copyLayer = (from, to) => shell(`cp --archive --link '${from}' '${to}'`, { cwd: root });

const build = (work, stages) => {
  const { instructions } = stages.find(({ name }) => name === 'build');
  const argAt = instructions.findIndex(({ keyword, rest }) => keyword === 'ARG' && rest === 'APP');
  const shared = join(work, 'layers', 'shared');
  assert.deepEqual(instructions.filter(({ keyword }) => keyword === 'COPY').map(({ rest }) => rest), ['. .']);
  copyContext(shared);
  const runs = (part) => part.filter(({ keyword }) => keyword === 'RUN').map(({ rest }) => rest);
  for (const command of runs(instructions.slice(0, argAt))) shell(command, { cwd: shared });
  return (app) => {
    const layer = join(work, 'layers', app);
    copyLayer(shared, layer);
    for (const command of runs(instructions.slice(argAt))) shell(command, { cwd: layer, env: { APP: app } });
    return layer;
  };
};

const buildEncoder = (work, stages) => {
  const folder = join(work, 'encoder');
  const stage = stages.find(({ name }) => name === 'encoder');
  for (const copied of ofKeyword(stage, 'COPY')) {
    const [from, to] = copied.split(' ');
    mkdirSync(join(work, to, '..'), { recursive: true });
    copyFileSync(join(root, from), join(work, to));
  }
  for (const command of ofKeyword(stage, 'RUN')) shell(command.replaceAll('/encoder', folder), { cwd: work });
  return folder;
};

/** The tree of the last stage, owned by root and not to be written by anybody. */
const assemble = (work, { app, layer, encoder, stage }) => {
  const tree = join(work, 'images', app);
  mkdirSync(tree, { recursive: true });
  const from = { '--from=build /ratchet': layer, '--from=encoder /encoder': encoder };
  for (const copied of ofKeyword(stage, 'COPY')) {
    const [, stageName, path, to] = /^(--from=\w+) (\S+) (\S+)$/.exec(copied);
    const [folder] = Object.entries(from).flatMap(([key, there]) => (`${stageName} ${path}`.startsWith(key) ? [join(there, `${stageName} ${path}`.slice(key.length))] : []));
    assert.ok(folder && existsSync(folder), `${copied}: there is nothing to copy`);
    shell(`cp --archive '${folder}' '${to === './' ? `${tree}/` : join(tree, to)}'`, { cwd: root });
  }
  shell(`chown --recursive --no-dereference 0:0 . && chmod --recursive u=rwX,go=rX .`, { cwd: tree });
  return tree;
};

const checkTree = (tree, app) => {
  for (const tool of TOOLS) assert.ok(!existsSync(join(tree, 'node_modules', tool)), `the image of ${app} holds ${tool}`);
  const others = shell('ls apps', { cwd: tree }).trim().split('\n');
  assert.deepEqual(others.filter((other) => other !== `${app}-web`), [app], `the image of ${app} holds other apps`);
  const { status } = spawnSync(process.execPath, ['-e', `require('node:fs').writeFileSync(${JSON.stringify(join(tree, 'written'))}, '')`], { uid: USER, gid: USER });
  assert.notEqual(status, 0, `the files of ${app} can be written`);
  return Number(shell('du --summarize --block-size=1M .', { cwd: tree }).split('\t')[0]);
};

const environmentOf = (stage, { tree, app, data, port, stack, modelServer }) => ({
  PATH: `${join(tree, '..', 'bin')}:/usr/bin:/bin`,
  ...Object.fromEntries(ofKeyword(stage, 'ENV').map((line) => line.replace('${APP}', app).replace('/ratchet', tree).split('='))),
  KAFKA_BROKERS: stack.kafkaBrokers.join(','), DATABASE_URL: stack.databaseUrl, HTTP_PORT: String(port), HTTP_HOST: '127.0.0.1',
  PROVIDERS: JSON.stringify({ embedded: { baseUrl: `http://127.0.0.1:${modelServer}/v1` } }), GATEWAY_DATA_DIR: data, MODEL_SERVER_DATA_DIR: data,
});

/** As the container would be: a process of the image's user in the image's folder. */
const startContainer = (stage, tree, env, args = []) => {
  const [program, ...own] = JSON.parse(ofKeyword(stage, 'ENTRYPOINT')[0]);
  const child = spawn(program, [...own, ...args], { cwd: tree, env, uid: USER, gid: USER, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (said = (said + chunk).slice(-20_000)));
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  return { child, ended, said: () => said };
};

const until = async (what, container, look) => {
  for (const last = Date.now() + SOON_MS; Date.now() < last; await sleep(200)) {
    assert.ok(container.child.exitCode === null && container.child.signalCode === null, `${what}: it ended:\n${container.said().slice(-2_000)}`);
    if (await look()) return;
  }
  assert.fail(`not in time: ${what}:\n${container.said().slice(-2_000)}`);
};

const runImage = async (stage, tree, { app, env }) => {
  if (app !== 'model-server') {
    const migration = startContainer(stage, tree, env, ['--migrate']);
    assert.equal(await migration.ended, 0, `${app} --migrate: ${migration.said().slice(-2_000)}`);
  }
  const startedMs = performance.now();
  const container = startContainer(stage, tree, env);
  try {
    const [, check] = /CMD (\[.*\])$/.exec(ofKeyword(stage, 'HEALTHCHECK')[0]);
    const [program, ...args] = JSON.parse(check);
    await until(`${app} is healthy`, container, () => spawnSync(program, args, { cwd: tree, env, uid: USER, gid: USER }).status === 0);
    await until(`${app} is ready`, container, () => fetch(`http://127.0.0.1:${env.HTTP_PORT}/health/ready`).then(({ ok }) => ok, () => false));
    const seconds = (performance.now() - startedMs) / 1_000;
    container.child.kill('SIGTERM');
    assert.equal(await Promise.race([container.ended, sleep(STOP_WITHIN_MS, 'nothing yet', { ref: false })]), 0, `${app} was asked to stop: ${container.said().slice(-2_000)}`);
    return seconds;
  } finally {
    container.child.kill('SIGKILL');
  }
};

/** Gives why it was left out; undefined where all is well. Throws what is wrong. */
export const verifyImage = async () => {
  if (process.getuid?.() !== 0) return 'only root can start a process as another user, as an engine does';
  const wanted = (process.env.RATCHET_IMAGES ?? '').split(',').filter(Boolean);
  const stages = readDockerfile(join(root, 'Dockerfile'));
  const stage = stages.at(-1);
  assert.deepEqual(ofKeyword(stage, 'USER'), ['node']);
  const work = mkdtempSync(join(tmpdir(), 'ratchet-image-'));
  chmodSync(work, 0o755);
  const { startStack } = await import('../libs/local-stack/dist/index.js');
  const stack = await startStack({ dataDir: join(work, 'stack'), env: { ...process.env, KAFKA_BROKERS: '', DATABASE_URL: '' } });
  const stop = async () => {
    await stack.stop();
    rmSync(work, { recursive: true, force: true });
  };
  const forget = whenInterrupted(stop);
  try {
    // The image's own Node, where its user can run it.
    mkdirSync(join(work, 'images', 'bin'), { recursive: true });
    copyFileSync(process.execPath, join(work, 'images', 'bin', 'node'));
    const layerOf = build(work, stages);
    const encoder = buildEncoder(work, stages);
    const modelServer = await freePort();
    for (const app of APPS.filter((one) => wanted.length === 0 || wanted.includes(one))) {
      const layer = layerOf(app);
      const tree = assemble(work, { app, layer, encoder, stage });
      const megabytes = checkTree(tree, app);
      const data = join(work, 'data', app);
      mkdirSync(data, { recursive: true });
      chownSync(data, USER, USER);
      const env = environmentOf(stage, { tree, app, data, port: app === 'model-server' ? modelServer : await freePort(), stack, modelServer });
      const seconds = await runImage(stage, tree, { app, env });
      process.stdout.write(`${app}: ${megabytes} MB, ready after ${seconds.toFixed(1)} s, stopped with 0\n`);
      for (const folder of [layer, tree]) rmSync(folder, { recursive: true, force: true });
    }
    return undefined;
  } finally {
    forget();
    await stop();
  }
};
