// The services of the last release beside those of this one, on one Kafka and one PostgreSQL: `npm run verify -- upgrade`. The demo of the last
// release turns the loop; in the middle of it this release's services come in, which bring the schemas up to date under those that run; then
// they are alone. Linux, for the environment of a running process is read from /proc.
import { spawn, spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, runNode, whenInterrupted } from './run-process.mjs';

const MINUTE_MS = 60_000;
const work = join(root, '.ratchet', 'upgrade');
const old = join(work, 'release');
const demoDir = join(work, 'demo');
const NX = 'node_modules/nx/dist/bin/nx.js';
/** How long the last release is alone: its cycle has begun by then, and has not ended. */
const OLD_ALONE_MS = 45_000;
const SERVICES = ['signal-detector', 'evaluator', 'analyzer', 'data-generator', 'trainer-dispatcher', 'rollout-controller', 'console'];

const run = (command, args, options = {}) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr || `exit code ${status}`}`);
  return stdout?.trim() ?? '';
};
const git = (...args) => run('git', args);

/** RATCHET_UPGRADE_FROM, the newest tag of a release, or, before the first one, the commit before the newest migration. */
const releaseToUpgradeFrom = () => {
  if (process.env.RATCHET_UPGRADE_FROM) return git('rev-parse', process.env.RATCHET_UPGRADE_FROM);
  const tag = spawnSync('git', ['describe', '--tags', '--abbrev=0', '--match', 'v*'], { cwd: root, encoding: 'utf8' });
  if (tag.status === 0) return git('rev-parse', `${tag.stdout.trim()}^{commit}`);
  return `${git('log', '-1', '--diff-filter=A', '--format=%H', '--', 'apps/**/*migration.ts', 'libs/**/*migration.ts')}^`;
};

const checkOut = (commit) => {
  const wanted = git('rev-parse', commit);
  if (existsSync(old) && spawnSync('git', ['rev-parse', 'HEAD'], { cwd: old, encoding: 'utf8' }).stdout.trim() === wanted && existsSync(join(old, 'apps/console/dist/main.js'))) return wanted;
  spawnSync('git', ['worktree', 'remove', '--force', old], { cwd: root });
  git('worktree', 'prune');
  git('worktree', 'add', '--detach', old, wanted);
  run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: old, stdio: 'inherit' });
  run(process.execPath, [NX, 'run-many', '-t', 'build', '--parallel=2', '--outputStyle=static'], { cwd: old, env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' }, stdio: 'inherit' });
  return wanted;
};

/** What a program has written so far. */
const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

const running = [];

const stopRunning = async () => {
  for (const { child } of running) child.kill('SIGTERM');
  await Promise.all(running.map(({ ended }) => ended));
};

const start = (name, args, { cwd, env }) => {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(join(work, 'logs', `${name}.log`));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const started = { name, child, ended: new Promise((resolve) => child.once('exit', resolve)), logFile: join(work, 'logs', `${name}.log`) };
  running.push(started);
  return started;
};

const until = async (what, check, withinMs = 5 * MINUTE_MS) => {
  for (const last = Date.now() + withinMs; Date.now() < last; await sleep(500)) if (await check()) return;
  throw new Error(`not in time: ${what}`);
};

const environmentOf = (pid) => Object.fromEntries(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

/** This release's services with the settings of those that run, on ports of their own. */
const startBeside = () => {
  const { services } = JSON.parse(readFileSync(join(demoDir, 'running.json'), 'utf8'));
  return SERVICES.map((name) => start(`new-${name}`, ['--max-old-space-size=512', join('apps', name, 'dist', 'main.js')], { cwd: root, env: { ...environmentOf(services[name].pid), HTTP_PORT: '0' } }));
};

const errorLines = (file) => textOf(file).split('\n').filter((line) => /"level":(?:50|60)\b/u.test(line));
const told = (file) => (line) => `${file.slice(work.length + 1)}: ${line.slice(0, 300)}`;
const errorsIn = (file) => errorLines(file).map(told(file));

/** The last release tells of trouble by rules of its own: a move of a group, of which there are several here, may be an error to it and none to us. */
const errorsOfTheLastRelease = async (file) => {
  const { passesByItself } = await import('../libs/kafka/dist/index.js');
  const passes = (line) => {
    const { message, error } = JSON.parse(line);
    return passesByItself(String(message), String(error));
  };
  return errorLines(file).filter((line) => !passes(line)).map(told(file));
};

/** Records that a group has not read, and what was set aside. */
const openRecords = async (admin) => {
  const lags = {};
  for (const groupId of SERVICES) {
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
      const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
      for (const { partition, offset } of partitions) if (Number(offset) >= 0) lags[groupId] = (lags[groupId] ?? 0) + Math.max(0, ends.get(partition) - Number(offset));
    }
  }
  let dead = 0;
  for (const topic of (await admin.listTopics()).filter((name) => name.endsWith('.dlq'))) for (const { low, high } of await admin.fetchTopicOffsets(topic)) dead += Number(high) - Number(low);
  return { lags, dead };
};

/** The detector's own transactions end in markers, which are no records: one at the end of each of its six partitions, and of one more that has just begun. */
const MARKERS_MAX = 12;
const isAllRead = (lags) => Object.entries(lags).every(([group, lag]) => lag <= (group === 'signal-detector' ? MARKERS_MAX : 0));

const turnTheLoop = async (stack) => {
  const env = { ...process.env, KAFKA_BROKERS: stack.kafkaBrokers.join(','), DATABASE_URL: stack.databaseUrl, FIRST_ADMIN_TOKEN: '' };
  const demo = start('demo', ['apps/cli/bin/ratchet.mjs', 'demo', '--exit', '--weeks', '1', '--no-sentences', '--data-dir', demoDir, '--report', join(work, 'report.json')], { cwd: old, env });
  try {
    await until('the demo of the last release runs', () => demo.child.exitCode !== null || /Console: /u.test(textOf(demo.logFile)));
    await sleep(OLD_ALONE_MS);
    const services = startBeside();
    await until('this release serves', () => services.every(({ logFile }) => textOf(logFile).includes('"message":"listening"')));
    assert.equal(demo.child.exitCode, null, 'the demo ended before both releases ran at once');
    process.stdout.write('both releases run\n');
    assert.equal(await Promise.race([demo.ended, sleep(20 * MINUTE_MS, 'not finished in time')]), 0, 'the demo of the last release');
    process.stdout.write('this release runs alone\n');
    await checkAlone(stack, services);
  } finally {
    await stopRunning();
  }
};

const checkAlone = async (stack, services) => {
  const { Kafka, logLevel } = createRequire(join(root, 'libs/kafka/package.json'))('kafkajs');
  const admin = new Kafka({ clientId: 'verify-upgrade', brokers: stack.kafkaBrokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const env = { KAFKA_BROKERS: stack.kafkaBrokers.join(','), DATABASE_URL: stack.databaseUrl };
    let open;
    await until('all is read', async () => isAllRead((open = (await openRecords(admin)).lags))).catch((error) => assert.fail(`${error.message}: ${JSON.stringify(open)}`));
    const { lags, dead } = await openRecords(admin);
    assert.deepEqual(Object.keys(lags).toSorted(), SERVICES.toSorted());
    assert.equal(dead, 0, 'dead letters');
    for (const { name, child } of services) assert.equal(child.exitCode, null, `${name} ended`);
    const { code } = await runNode('apps/cli/bin/ratchet.mjs', ['audit', 'verify', '--database', stack.databaseUrl], { env, timeoutMs: MINUTE_MS });
    assert.equal(code, 0, 'audit verify');
    const ofTheLast = await Promise.all(readdirSync(join(demoDir, 'logs')).map((file) => errorsOfTheLastRelease(join(demoDir, 'logs', file))));
    assert.deepEqual([...services.flatMap(({ logFile }) => errorsIn(logFile)), ...ofTheLast.flat()], []);
  } finally {
    await admin.disconnect();
  }
};

/** Gives why the upgrade is not safe; undefined where it is. */
export const verifyUpgrade = async () => {
  for (const folder of ['demo', 'stack', 'logs']) rmSync(join(work, folder), { recursive: true, force: true });
  mkdirSync(join(work, 'logs'), { recursive: true });
  process.stdout.write(`upgrading from ${checkOut(releaseToUpgradeFrom())}\n`);
  const built = await runNode(NX, ['run-many', '-t', 'build', '--parallel=2', '--outputStyle=static'], { timeoutMs: 5 * MINUTE_MS, env: { NX_DAEMON: 'false', NX_TUI: 'false' } });
  if (built.code !== 0) return 'this release could not be built';
  const { startStack } = await import('../libs/local-stack/dist/index.js');
  const stack = await startStack({ dataDir: join(work, 'stack'), env: { ...process.env, KAFKA_BROKERS: '', DATABASE_URL: '' } });
  const forget = whenInterrupted(async () => {
    await stopRunning();
    await stack.stop();
  });
  try {
    await turnTheLoop(stack);
    return undefined;
  } catch (error) {
    return `${error.message}; logs are in ${work}`;
  } finally {
    forget();
    await stack.stop();
  }
};
