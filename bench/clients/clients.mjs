// kafkajs beside @platformatic/kafka, in one run on one topic: reading and parsing; and reading with transactional output and positions.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Child } from '../shared/child.mjs';
import { ensureTopic, freshTopics, INTERACTIONS, startCluster } from '../shared/cluster.mjs';
import { median, root, say, table, writeResults } from '../shared/report.mjs';
import { load } from '../streams/load.mjs';
import { traffic } from '../streams/traffic.mjs';

const OUTPUT = 'ratchet.bench-clients.v1';
const peer = join(root, 'bench', 'peers', 'platformatic');
const defaults = { records: 300_000, rounds: 3, seed: 1 };

/** No dependency of the product: it is installed into a folder of its own when it is needed. */
const installPeer = async () => {
  if (existsSync(join(peer, 'node_modules', '@platformatic', 'kafka'))) return;
  say('installing @platformatic/kafka beside the benchmark');
  await promisify(execFile)('npm', ['install', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--workspaces=false'], { cwd: peer });
};

const versionOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;

const contenders = (brokers, records) => {
  const run = (script, ...topics) => () => Child.node(join(root, 'bench', script), [brokers.join(','), ...topics, String(records)]).result();
  return [
    { what: 'kafkajs: read and parse', run: run('streams/bare-reader.mjs', INTERACTIONS) },
    { what: '@platformatic/kafka: read and parse', run: run('peers/platformatic/read.mjs', INTERACTIONS) },
    { what: 'kafkajs: read, transaction per 1,000', run: run('clients/kafkajs-transact.mjs', INTERACTIONS, OUTPUT) },
    { what: '@platformatic/kafka: read, transaction per 1,000', run: run('peers/platformatic/transact.mjs', INTERACTIONS, OUTPUT) },
  ];
};

export const benchmark = async (given, { onCluster }) => {
  const { records, rounds, seed, json } = { ...defaults, ...given };
  await installPeer();
  const cluster = await startCluster({ onProgress: say });
  onCluster(cluster);
  await freshTopics(cluster);
  await ensureTopic(cluster.admin, OUTPUT);
  await load(cluster.kafka, { records: traffic({ seed, startMs: Date.now() - (records / 250) * 1_000 }), count: records });
  const measured = contenders(cluster.brokers, records).map((contender) => ({ ...contender, results: [] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { what, run, results } of measured) {
      results.push(await run());
      say(`${what}: ${Math.round(results.at(-1).recordsPerSecond).toLocaleString('en')} records/s`);
    }
  }
  const versions = { kafkajs: versionOf(join(root, 'node_modules', 'kafkajs')), platformatic: versionOf(join(peer, 'node_modules', '@platformatic', 'kafka')) };
  const of = (results, key) => median(results.map((result) => result[key]));
  const rows = measured.map(({ what, results }) => ({ what, 'records/s': Math.round(of(results, 'recordsPerSecond')).toLocaleString('en'), 'CPU s/million': of(results, 'cpuSecondsPerMillion').toFixed(1), 'RSS MB': of(results, 'rssMb').toFixed(0) }));
  process.stdout.write(`\n${table(rows)}\nkafkajs ${versions.kafkajs}, @platformatic/kafka ${versions.platformatic}; medians of ${rounds}\n`);
  const path = writeResults('clients', { records, rounds, versions, results: measured.map(({ what, results }) => ({ what, rounds: results })) }, json);
  process.stdout.write(`written to ${path}\n`);
  return true;
};
