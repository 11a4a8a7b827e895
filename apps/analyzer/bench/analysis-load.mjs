// An analysis of 100,000 failures in PostgreSQL by the service itself, bound to one core, while failures keep coming: how long it takes, and whether the consumer falls behind.
// Usage: node bench/analysis-load.mjs [--failures 100000] [--k-max 10] [--rate 200] [--core 0]     (build everything first; --core none binds it to no core). Exit 1 where it takes 60 s or more, or events wait longer than 5 s.
import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { topicCatalogue, topics } from '@ratchet/contracts';
import { createKafka, ensureTopics, EventProducer } from '@ratchet/kafka';
import { startStack } from '@ratchet/local-stack';
import { Logger } from '@ratchet/observability';
import { Child } from '../../../bench/shared/child.mjs';
import { quantile, root } from '../../../bench/shared/report.mjs';
import { syntheticTexts } from '../../../libs/clustering/bench/texts.mjs';

const { values } = parseArgs({ options: { failures: { type: 'string', default: '100000' }, 'k-max': { type: 'string', default: '10' }, rate: { type: 'string', default: '200' }, core: { type: 'string', default: '0' } } });
const [failures, rate] = [Number(values.failures), Number(values.rate)];
const TARGET = { model: 'support-assistant', workload: 'support' };
const SECONDS_MAX = 60;
const WAIT_MS_MAX = 5_000;
const TICK_MS = 100;
const REPLIES = ['I am sorry, I do not know the answer to that.', 'You can find this under Account, then Orders.', 'Please contact our support team by mail; they answer within two working days.', 'This is not possible.'];

const failedOf = ({ text }, i) => ({
  interactionId: randomUUID(), conversationId: `c${i}`, userId: `u${i % 20_011}`, ...TARGET, version: i % 3 === 0 ? 'v2' : 'v1', query: text, response: REPLIES[(i * 7) % REPLIES.length],
  probability: 0.7, severity: 0.5, signals: [{ name: i % 4 === 0 ? 'thumbs_down' : 'reformulation', strength: 0.8, evidence: { words: 'again' } }],
  attributes: { locale: ['de', 'en', 'fr'][i % 3], channel: i % 5 === 0 ? 'app' : 'web' }, startedAt: new Date(Date.now() - 5_000).toISOString(), closedAt: new Date().toISOString(),
});

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** Straight into the table: a hundred thousand events would take the service minutes to read, and are not what is measured. */
const fill = async (db) => {
  await db.query('insert into analyzer.targets (model, workload) values ($1, $2) on conflict do nothing', [TARGET.model, TARGET.workload]);
  const texts = syntheticTexts(failures);
  for (let start = 0; start < failures; start += 5_000) {
    const rows = texts.slice(start, start + 5_000).map((text, i) => failedOf(text, start + i));
    await db.query(
      `insert into analyzer.failures (interaction_id, model, workload, version, conversation_id, user_id, query, response, probability, severity, signals, reasons, started_at, closed_at, attributes)
       select r."interactionId", r.model, r.workload, r.version, r."conversationId", r."userId", r.query, r.response, r.probability, r.severity, r.signals, '[]', now() - random() * interval '20 days', now() - random() * interval '20 days', r.attributes
       from jsonb_to_recordset($1::jsonb) as r("interactionId" text, model text, workload text, version text, "conversationId" text, "userId" text, query text, response text, probability float8, severity float8, signals jsonb, attributes jsonb)`,
      [JSON.stringify(rows)],
    );
  }
  await db.query('analyze analyzer.failures');
};

/** Failures at a steady rate. */
const feed = (producer) => {
  const texts = syntheticTexts(rate * 60, 2);
  let [sent, stopped] = [0, false];
  const begunMs = Date.now();
  const done = (async () => {
    while (!stopped) {
      const due = Math.floor(((Date.now() - begunMs) / 1_000) * rate) - sent;
      if (due > 0) {
        await producer.send(Array.from({ length: due }, (_, i) => ({ id: randomUUID(), source: '/bench', type: 'ratchet.interaction.failed', time: new Date().toISOString(), data: failedOf(texts[(sent + i) % texts.length], 10_000_000 + sent + i) })));
        sent += due;
      }
      await sleep(TICK_MS);
    }
  })();
  return { stop: () => ((stopped = true), done) };
};

const lagOf = async (admin) => {
  const topic = topics.signals.name;
  const [ends, [positions]] = await Promise.all([admin.fetchTopicOffsets(topic), admin.fetchOffsets({ groupId: 'analyzer', topics: [topic] })]);
  const committed = new Map(positions.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
  return ends.reduce((sum, { partition, high }) => sum + Number(high) - (committed.get(partition) ?? 0), 0);
};

/** The lag twice a second until `until` says it is over. */
const watch = async (admin, until) => {
  const lags = [];
  while (!(await until())) {
    lags.push(await lagOf(admin));
    await sleep(500);
  }
  return lags;
};

const measure = async ({ stack, service, db }) => {
  const kafka = new kafkajs.Kafka({ clientId: 'bench', brokers: [...stack.kafkaBrokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = new EventProducer(createKafka({ brokers: stack.kafkaBrokers, clientId: 'bench' }, Logger.silent()));
  await admin.connect();
  const feeding = feed(producer);
  try {
    const calmUntil = Date.now() + 15_000;
    const calm = (await watch(admin, async () => Date.now() > calmUntil)).slice(10);
    const [usedBefore, begunMs] = [service.usage(), performance.now()];
    await producer.send([{ id: randomUUID(), source: '/bench', type: 'ratchet.command.issued', time: new Date().toISOString(), data: { name: 'analysis.run', commandId: randomUUID(), actor: 'bench', reason: 'a measurement', ...TARGET, issuedAt: new Date().toISOString() } }]);
    let peakMb = 0;
    const during = await watch(admin, async () => {
      peakMb = Math.max(peakMb, service.usage()?.rssMb ?? 0);
      if (service.hasEnded || performance.now() - begunMs > 600_000) throw new Error(`the analysis did not end: ${service.output.slice(-2_000)}`);
      return (await db.query('select from analyzer.analyses')).rowCount > 0;
    });
    const { rows: [analysis] } = await db.query('select failures, clusters, opportunities, silhouette, duration_ms from analyzer.analyses');
    const { rows: [{ assigned, history }] } = await db.query(`select (select count(*)::int from analyzer.failures where opportunity_id is not null) as assigned, (select count(*)::int from analyzer.opportunity_history) as history`);
    return { calm, during, analysis, assigned, history, cpuSeconds: (service.usage()?.cpuSeconds ?? NaN) - (usedBefore?.cpuSeconds ?? NaN), peakMb };
  } finally {
    await feeding.stop();
    await producer.close();
    await admin.disconnect();
  }
};

const isBound = values.core !== 'none' && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;
process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
const folder = join(root, '.ratchet', 'bench');
mkdirSync(folder, { recursive: true });
const dataDir = mkdtempSync(join(folder, 'analysis-'));
const stack = await startStack({ dataDir, onProgress: (step) => console.error(step), env: { ...process.env, KAFKA_BROKERS: '', DATABASE_URL: '', RATCHET_STACK: 'embedded', RATCHET_KAFKA_PORT: '', RATCHET_POSTGRES_PORT: '' } });
let service;
let db;
let code = 1;
try {
  await ensureTopics(createKafka({ brokers: stack.kafkaBrokers, clientId: 'bench-topics' }, Logger.silent()), { catalogue: topicCatalogue, replicationFactor: 1, services: ['analyzer'] });
  const env = { KAFKA_BROKERS: stack.kafkaBrokers.join(','), DATABASE_URL: stack.databaseUrl, HTTP_PORT: String(await freePort()), MAX_FAILURES: String(failures + 50_000), CLUSTER_K_MAX: values['k-max'], LOG_LEVEL: 'info' };
  const main = join(root, 'apps/analyzer/dist/main.js');
  service = isBound ? new Child('taskset', ['-c', values.core, process.execPath, main], { env }) : Child.node(main, [], { env });
  await service.said(/listening/u);
  db = new pg.Client({ connectionString: stack.databaseUrl });
  await db.connect();
  await fill(db);
  const { calm, during, analysis, assigned, history, cpuSeconds, peakMb } = await measure({ stack, service, db });
  const seconds = analysis.duration_ms / 1_000;
  const waitMs = (Math.max(...during) / rate) * 1_000;
  console.log(`analysis of ${analysis.failures.toLocaleString('en')} failures${isBound ? ', on one core' : ''}: ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of CPU with the consumer's), ${analysis.clusters} clusters (k up to ${values['k-max']}), ${analysis.opportunities} opportunities, ${assigned.toLocaleString('en')} failures assigned, ${history} rows of history, ${peakMb.toFixed(0)} MB at most`);
  console.log(`consumer's lag at ${rate} failures a second: before median ${quantile(calm, 0.5)}, most ${Math.max(...calm)}; during median ${quantile(during, 0.5)}, 95 % ${quantile(during, 0.95)}, most ${Math.max(...during)} (${waitMs.toFixed(0)} ms of traffic)`);
  const isKept = seconds < SECONDS_MAX && waitMs < WAIT_MS_MAX && quantile(during.slice(-3), 0.5) <= quantile(during, 0.95);
  console.log(isKept ? 'kept: under 60 s, and no event waited 5 s' : 'FAILED: 60 s or more, or events waited');
  code = isKept ? 0 : 1;
} finally {
  await db?.end();
  await service?.end();
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(code);
