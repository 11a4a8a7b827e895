// What the gateway adds to a chat completion, beside asking the provider directly and beside a bare Node proxy, in turns within one run.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../shared/child.mjs';
import { endsOf, freshTopics, INTERACTIONS, startCluster } from '../shared/cluster.mjs';
import { median, root, say, table, writeResults } from '../shared/report.mjs';
import { startTargets } from './targets.mjs';

const defaults = { rounds: 3, seconds: 4, connections: ['1', '16', '256'], latency: 2 };
const KINDS = ['plain', 'stream'];

const cpuOf = (child) => child?.usage()?.cpuSeconds ?? Number.NaN;

/** One load on one target; CPU of the processes beside it includes the warm-up, and so do the answers that it is divided by. */
const measure = async ({ target, provider, connections, seconds, kind }) => {
  const before = [cpuOf(target.between), cpuOf(provider)];
  const result = await Child.node(join(root, 'bench', 'gateway', 'load.mjs'), [target.port, connections, seconds, kind].map(String)).result();
  const [between, provided] = [cpuOf(target.between), cpuOf(provider)].map((after, index) => ((after - before[index]) * 1_000) / result.answered);
  return { ...result, betweenCpuMs: between, providerCpuMs: provided };
};

const summaryOf = (results) => {
  const of = (key) => median(results.map((result) => result[key]));
  return Object.fromEntries(['perSecond', 'p50Ms', 'p99Ms', 'firstByteP50Ms', 'betweenCpuMs', 'providerCpuMs', 'cpuMsPerRequest'].map((key) => [key, of(key)]));
};

/** Medians over rounds of what a round adds to its own direct calls: the machine is the same to both for those seconds. */
const addedOf = (measured, name) => {
  const added = (key) => median(measured[name].map((result, round) => result[key] - measured['direct'][round][key]));
  const share = median(measured[name].map((result, round) => result.perSecond / measured['bare proxy'][round].perSecond));
  return { p50Ms: added('p50Ms'), p99Ms: added('p99Ms'), ofBareProxy: share };
};

const fixed = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : '-');

const rowOf = ({ kind, connections, name, summary, added }) => ({
  what: `${kind}, ${connections}: ${name}`,
  'requests/s': Math.round(summary.perSecond).toLocaleString('en'),
  'p50 ms': fixed(summary.p50Ms),
  'p99 ms': fixed(summary.p99Ms),
  'added p50': name === 'direct' ? '-' : fixed(added.p50Ms),
  'added p99': name === 'direct' ? '-' : fixed(added.p99Ms),
  'of bare proxy': name === 'gateway' ? fixed(added.ofBareProxy) : '-',
  'CPU ms/request': fixed(summary.betweenCpuMs, 3),
  'provider CPU': fixed(summary.providerCpuMs, 3),
  'load CPU': fixed(summary.cpuMsPerRequest, 3),
});

/** Interactions that are in the log, once the gateway has had time to send what waits. */
const interactionsInLog = async (admin, expected) => {
  let count = 0;
  for (const until = Date.now() + 30_000; Date.now() < until && count < expected; await sleep(250)) count = [...(await endsOf(admin, INTERACTIONS)).values()].reduce((sum, end) => sum + end, 0);
  return count;
};

/** Each round, each target once, one after the other. */
export const runRounds = async ({ targets, provider, rounds, seconds, connections, kind }) => {
  const measured = Object.fromEntries(targets.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const target of targets) {
      const result = await measure({ target, provider, connections, seconds, kind });
      measured[target.name].push(result);
      say(`${kind}, ${connections} connections, ${target.name}: ${Math.round(result.perSecond)}/s, p50 ${fixed(result.p50Ms)} ms, p99 ${fixed(result.p99Ms)} ms${result.failed ? `, ${result.failed} FAILED` : ''}`);
    }
  }
  return measured;
};

export const benchmark = async (given, { onCluster }) => {
  const { rounds, seconds, connections, latency, json, profile } = { ...defaults, ...given };
  const cluster = await startCluster({ onProgress: say });
  onCluster(cluster);
  await freshTopics(cluster);
  const started = await startTargets(cluster, { latencyMs: latency, nodeArgs: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`] });
  const results = [];
  let throughGateway = 0;
  let failed = 0;
  for (const kind of KINDS) {
    for (const count of connections) {
      const measured = await runRounds({ ...started, rounds, seconds, connections: count, kind });
      throughGateway += measured['gateway'].reduce((sum, { answered }) => sum + answered, 0);
      failed += Object.values(measured).flat().reduce((sum, result) => sum + result.failed, 0);
      for (const { name } of started.targets) results.push({ kind, connections: Number(count), name, summary: summaryOf(measured[name]), added: addedOf(measured, name), rounds: measured[name] });
    }
  }
  const inLog = await interactionsInLog(cluster.admin, throughGateway);
  await started.stop();
  process.stdout.write(`\n${table(results.map(rowOf))}\n${inLog} interactions in the log for ${throughGateway} requests through the gateway, ${failed} failed; medians of ${rounds} rounds of ${seconds} s, provider ${latency} ms\n`);
  const path = writeResults('gateway', { options: { rounds, seconds, connections, latency }, inLog, throughGateway, failed, results }, json);
  process.stdout.write(`written to ${path}\n`);
  return inLog === throughGateway && failed === 0;
};
