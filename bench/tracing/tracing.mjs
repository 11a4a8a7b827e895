// What tracing costs the gateway: the same load on one without tracing, one that traces a request in a hundred, and one that traces all, in turns within one run.
import { setTimeout as sleep } from 'node:timers/promises';
import { runRounds } from '../gateway/gateway.mjs';
import { startTracedGateways } from '../gateway/targets.mjs';
import { freshTopics, startCluster } from '../shared/cluster.mjs';
import { median, say, table, writeResults } from '../shared/report.mjs';

const defaults = { rounds: 5, seconds: 4, connections: ['16'], latency: 2 };
/** Of a request that is traced: it, the question to the provider, and its event. */
const SPANS_PER_REQUEST = 3;
const KEYS = ['perSecond', 'p50Ms', 'p99Ms', 'betweenCpuMs'];

const spansReceived = async (receiver) => Number(await (await fetch(receiver)).text());

/** Spans are sent in batches: those that have arrived once no more do. */
const settledSpans = async (receiver) => {
  let before = -1;
  for (let now = await spansReceived(receiver); now !== before; now = await spansReceived(receiver)) {
    before = now;
    await sleep(7_000);
  }
  return before;
};

const fixed = (value, digits) => value.toFixed(digits);

const rowsOf = (targets, measured) => {
  const [{ name: off }] = targets;
  return targets.map(({ name }) => {
    const of = Object.fromEntries(KEYS.map((key) => [key, median(measured[name].map((result) => result[key]))]));
    // Each round by itself: the machine is the same to all for those seconds.
    const added = median(measured[name].map((result, round) => result.betweenCpuMs / measured[off][round].betweenCpuMs));
    return { what: name, 'requests/s': Math.round(of.perSecond).toLocaleString('en'), 'p50 ms': fixed(of.p50Ms, 2), 'p99 ms': fixed(of.p99Ms, 2), 'CPU ms/request': fixed(of.betweenCpuMs, 3), 'of off': fixed(added, 3) };
  });
};

export const benchmark = async (given, { onCluster }) => {
  const { rounds, seconds, connections, latency, json } = { ...defaults, ...given };
  const cluster = await startCluster({ onProgress: say });
  onCluster(cluster);
  await freshTopics(cluster);
  const started = await startTracedGateways(cluster, { latencyMs: latency });
  // What a process compiles in its first seconds is none of tracing's cost.
  await runRounds({ ...started, rounds: 1, seconds, connections: connections[0], kind: 'plain' });
  const before = await settledSpans(started.receiver);
  const measured = await runRounds({ ...started, rounds, seconds, connections: connections[0], kind: 'plain' });
  const spans = (await settledSpans(started.receiver)) - before;
  await started.stop();
  const rows = rowsOf(started.targets, measured);
  const failed = Object.values(measured).flat().reduce((sum, result) => sum + result.failed, 0);
  const traced = measured['all traced'].reduce((sum, { answered }) => sum + answered, 0);
  const arrived = spans / (traced * SPANS_PER_REQUEST);
  process.stdout.write(`\n${table(rows)}\n${spans} spans arrived for ${traced} requests that were all traced (${(arrived * 100).toFixed(0)} % of what they make, one in a hundred of others among them), ${failed} failed; medians of ${rounds} rounds of ${seconds} s, ${connections[0]} connections, provider ${latency} ms\n`);
  process.stdout.write(`written to ${writeResults('tracing', { options: { rounds, seconds, connections, latency }, spans, traced, failed, rows, measured }, json)}\n`);
  return failed === 0 && spans > 0;
};
