// Rules and dashboards against a real Prometheus: `npm run verify -- prometheus`. promtool checks and tests the rules; then Prometheus scrapes every service of a running demo, and each expression
// of a dashboard and of a recording rule must have given data.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { freePort } from './free-port.mjs';
import { root } from './run-process.mjs';

const MINUTE_MS = 60_000;
const CLI = 'apps/cli/bin/ratchet.mjs';
const RULES = 'deploy/prometheus/rules';
const filesOf = (folder) => readdirSync(join(root, folder)).sort().map((name) => join(folder, name));

const program = (file, args) => {
  const { status, error, stdout, stderr } = spawnSync(file, args, { cwd: root, encoding: 'utf8', timeout: 10 * MINUTE_MS });
  if (error || status !== 0) throw new Error(`${file} ${args.slice(0, 2).join(' ')}: ${error?.message ?? `${stdout}${stderr}`.trim()}`);
};

const isThere = (file) => spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0;

/** Why Prometheus cannot be had here; undefined where it can. It is installed where Debian's packages may be. */
export const whyNoPrometheus = () => {
  if (!isThere('prometheus') || !isThere('promtool')) spawnSync('apt-get', ['install', '--yes', '--quiet', 'prometheus'], { stdio: 'ignore', timeout: 10 * MINUTE_MS });
  return isThere('prometheus') && isThere('promtool') ? undefined : 'there is no prometheus with promtool here: install it (Debian: apt-get install prometheus)';
};

/** A process of its own group, whose output is kept in a file, and which is asked to end before it is killed. */
const start = (file, args, log) => {
  const child = spawn(file, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = createWriteStream(log);
  child.stdout.pipe(output);
  child.stderr.pipe(output);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // It has ended by itself.
    }
  };
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await Promise.race([ended, sleep(MINUTE_MS, undefined, { ref: false })]);
    signal('SIGKILL');
  };
  return { child, stop };
};

const until = async (what, { child }, look, timeoutMs) => {
  for (const endMs = Date.now() + timeoutMs; Date.now() < endMs && child.exitCode === null; await sleep(500)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`${what}: not within ${timeoutMs / MINUTE_MS} min`);
};

const json = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/** The example of deploy/prometheus, with the addresses of the demo in place of those of Compose. */
const configOf = (services) => {
  const config = parse(readFileSync(join(root, 'deploy/prometheus/prometheus.yaml'), 'utf8'));
  const [scrape] = config.scrape_configs;
  for (const each of scrape.static_configs) each.targets = [new URL(services[each.labels.service].url).host];
  const named = scrape.static_configs.map(({ labels }) => labels.service).sort();
  assert.deepEqual(named, Object.keys(services).sort(), 'the example scrapes every service');
  return stringify({ ...config, global: { scrape_interval: '5s', evaluation_interval: '5s' }, rule_files: [join(root, RULES, '*.yaml')] });
};

const startPrometheus = async (folder, services) => {
  const config = join(folder, 'prometheus.yaml');
  writeFileSync(config, configOf(services));
  const address = `127.0.0.1:${await freePort()}`;
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'series')}`, `--web.listen-address=${address}`];
  const server = start('prometheus', args, join(folder, 'prometheus.log'));
  const url = `http://${address}`;
  await until('Prometheus starts', server, () => fetch(`${url}/-/ready`).then(({ ok }) => ok, () => false), MINUTE_MS).catch(async (error) => {
    await server.stop();
    throw error;
  });
  return { ...server, url };
};

const ask = async (url, path, parameters = {}) => {
  const answer = await (await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`)).json();
  assert.equal(answer.status, 'success', `${path} ${JSON.stringify(parameters)}: ${answer.error}`);
  return answer.data;
};

/** A demo sets no limits in dollars, and its one week may end without a promotion. */
const NOT_IN_A_DEMO = /ratchet_(budget_used_ratio|console_fix_seconds)/;

/** Of every panel, and of every recording rule by the name of what it records. */
const expressions = () => [
  ...filesOf('deploy/grafana/dashboards').flatMap((file) => json(join(root, file)).panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ of: `${file}: ${title}`, expr })))),
  ...filesOf(RULES).flatMap((file) => parse(readFileSync(join(root, file), 'utf8')).groups.flatMap(({ rules }) => rules.flatMap(({ record }) => (record ? [{ of: `${file}: ${record}`, expr: record }] : [])))),
];

/** Data at any moment of the run: the simulated users leave when the week is over, and rates end with them. */
const hasData = async (url, expr, startMs) => {
  const { result } = await ask(url, 'query_range', { query: expr, start: String(startMs / 1_000), end: String(Date.now() / 1_000), step: '5' });
  return result.some(({ values }) => values.some(([, value]) => Number.isFinite(Number(value))));
};

const checkPrometheus = async (url, startMs) => {
  const { activeTargets } = await ask(url, 'targets', { state: 'active' });
  assert.deepEqual(activeTargets.filter(({ health }) => health !== 'up').map(({ labels, lastError }) => `${labels.service}: ${lastError}`), [], 'every service is scraped');
  const { groups } = await ask(url, 'rules');
  assert.deepEqual(groups.flatMap(({ rules }) => rules.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name}: ${lastError}`)), [], 'every rule is evaluated');
  const asked = expressions();
  const empty = [];
  for (const { of, expr } of asked) if (!NOT_IN_A_DEMO.test(expr) && !(await hasData(url, expr, startMs))) empty.push(`${of}: ${expr}`);
  const { alerts } = await ask(url, 'alerts');
  process.stdout.write(`${activeTargets.length} services scraped, ${asked.length - empty.length} of ${asked.length} expressions with data; alerts: ${alerts.map(({ labels, state }) => `${labels.alertname} (${state})`).join(', ') || 'none'}\n`);
  assert.deepEqual(empty, [], 'every expression gives data');
  assert.deepEqual(alerts.filter(({ labels, state }) => state === 'firing' && labels.severity === 'critical').map(({ labels }) => labels.alertname), [], 'nothing critical fires while all is well');
};

/** @param {string} folder removed before and after, kept where something is wrong */
export const verifyPrometheus = async (folder) => {
  program('promtool', ['check', 'config', 'deploy/prometheus/prometheus.yaml']);
  program('promtool', ['test', 'rules', ...filesOf('deploy/prometheus/tests')]);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const data = join(folder, 'demo');
  const report = join(folder, 'report.json');
  const startMs = Date.now();
  const demo = start(process.execPath, [join(root, CLI), 'demo', '--no-sentences', '--weeks', '1', '--rate', '60', '--data-dir', data, '--report', report], join(folder, 'demo.log'));
  try {
    const { services } = await until('the demo starts', demo, () => json(join(data, 'running.json')), 10 * MINUTE_MS);
    const prometheus = await startPrometheus(folder, services);
    try {
      await until('the demo is done', demo, () => json(report), 20 * MINUTE_MS);
      // Recorded series are computed every 30 s.
      await sleep(MINUTE_MS);
      await checkPrometheus(prometheus.url, startMs);
    } finally {
      await prometheus.stop();
    }
  } finally {
    await demo.stop();
  }
  rmSync(folder, { recursive: true, force: true });
};
