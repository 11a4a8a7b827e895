// Weaknesses over several analyses, stored embeddings and the schedule, against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clusterFailures } from '@ratchet/clustering';
import type { InteractionFailed, OpportunityClosed, OpportunityRanked } from '@ratchet/domain';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, prepareJobs, startJobs, type Job } from '@ratchet/persistence';
import { createTestDatabase, eventually, type TestDatabase } from '@ratchet/testing';
import { loadConfig } from '../config.js';
import { Diagnostics } from '../diagnosis/diagnostics.js';
import { FailureEmbedder } from '../embedding/failure-embedder.js';
import { SignalsHandlers } from '../handlers/signals.handlers.js';
import { migrations } from '../persistence/migrations.js';
import { pruneEmbeddings, StoredEmbeddings } from '../persistence/embedding-cache.repository.js';
import { loadHistory } from '../persistence/history.repository.js';
import { strategistFor } from '../strategies/strategist-for.js';
import { AnalyzeAllJob, analysisCrons } from './analyze-all.job.js';
import { ANALYZE_JOB, AnalyzeJob } from './analyze.job.js';
import type { Clusterer } from '../clustering/clusterer.js';
import type { ClusteringResult, ClusterItem, ClusterOptions, ClusterPage } from './clustering.port.js';

const service = 'analyzer';
const TARGET = { model: 'assistant', workload: 'support' };
const logger = Logger.silent();
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase('weaknesses');
  database = new Database({ url: server.url, service, migrations });
  await database.start();
  await prepareJobs({ url: server.url, service, logger });
});

afterAll(async () => {
  await database.stop();
  await server.drop();
});

/** As the worker thread does it, which only exists as built. */
const inThisThread = {
  async cluster(pages: AsyncIterable<ClusterPage>, options: ClusterOptions): Promise<ClusteringResult> {
    const items: ClusterItem[] = [];
    for await (const page of pages) items.push(...page.items);
    const { clusters } = clusterFailures(items, options);
    return { clusters: clusters.map(({ representatives, commonPatterns, centroid, ...cluster }) => ({ ...cluster, centroid: [...centroid], representativeIds: representatives, patterns: commonPatterns, commonPatterns: commonPatterns.map(({ pattern }) => pattern) })) };
  },
} as unknown as Clusterer;

const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: 'postgres://localhost/none', FADE_AFTER_ANALYSES: '1', CLUSTER_K_MAX: '4' });
const analyze = (): Promise<void> => {
  const diagnostics = new Diagnostics({ database, panel: undefined, confidenceMin: 0 });
  return new AnalyzeJob(config, database, logger, new Metrics(), inThisThread, new FailureEmbedder(undefined, new StoredEmbeddings(database)), strategistFor(config, logger), diagnostics).run(TARGET);
};

const TOPICS = { parcel: 'where is my parcel', invoice: 'please send the invoice again', password: 'I forgot the password of the account' };
const failed = (topic: keyof typeof TOPICS, i: number): InteractionFailed => ({
  interactionId: randomUUID(), conversationId: randomUUID(), userId: `u${i}`, ...TARGET, version: 'v1', query: TOPICS[topic], response: 'I do not know.', probability: 0.8, severity: 0.5, signals: [],
  attributes: { channel: topic === 'parcel' ? 'app' : 'web' }, startedAt: new Date().toISOString(), closedAt: new Date().toISOString(),
});
const store = async (topic: keyof typeof TOPICS, count: number): Promise<void> => {
  const handlers = new SignalsHandlers(new Metrics());
  await database.transaction(async (tx) => {
    for (let i = 0; i < count; i += 1) await handlers.onFailed({ id: randomUUID(), source: '/test', type: 'test', time: new Date().toISOString(), data: failed(topic, i) }, tx);
  });
};
const sent = async <Data>(type: string): Promise<Data[]> =>
  (await database.query<{ value: string }>(`select value from outbox where headers->>'ce_type' = $1 order by sequence`, [type])).map(({ value }) => JSON.parse(value) as Data);
const about = (ranked: readonly OpportunityRanked[], topic: string): OpportunityRanked[] => ranked.filter(({ representatives }) => representatives[0]?.query.includes(topic));

describe('a weakness', () => {
  it('has one history, from the first analysis over growth and its end to its return', async () => {
    await store('parcel', 15);
    await store('invoice', 15);
    await store('password', 15);
    await analyze();
    await store('parcel', 40);
    await analyze();
    // Its failures are gone, as after a promotion that resolved them.
    await database.query(`update failures set resolved_by = 'v2' where query like '%invoice%'`);
    await analyze();
    await store('invoice', 12);
    await analyze();

    const ranked = await sent<OpportunityRanked>('ratchet.opportunity.ranked');
    const [parcels, invoices] = [about(ranked, 'parcel'), about(ranked, 'invoice')];
    expect(new Set(parcels.map(({ opportunityId }) => opportunityId)).size).toBe(1);
    expect(parcels.map(({ change }) => change?.kind)).toEqual(['new', 'grown', 'steady', 'steady']);
    expect(new Set(invoices.map(({ opportunityId }) => opportunityId)).size).toBe(1);
    expect(invoices.map(({ change }) => [change?.kind, change?.previousSize])).toEqual([['new', 0], ['steady', 15], ['came_back', 15]]);
    const invoiceId = invoices[0]?.opportunityId ?? '';
    expect((await sent<OpportunityClosed>('ratchet.opportunity.closed')).map(({ opportunityId, reason }) => [opportunityId, reason])).toEqual([[invoiceId, 'faded']]);
    expect((await loadHistory(database, invoiceId)).map(({ kind, size }) => [kind, size])).toEqual([['new', 15], ['steady', 15], ['faded', 15], ['came_back', 12]]);
    expect(await database.query('select state, closed_by from opportunities where opportunity_id = $1', [invoiceId])).toEqual([{ state: 'open', closed_by: null }]);
  });

  it('says how many of its failures are new, and what sets it apart, attributes included', async () => {
    const latest = about(await sent<OpportunityRanked>('ratchet.opportunity.ranked'), 'parcel').at(-1);
    expect(latest?.trend).toEqual({ lastWeek: 55, weekBefore: 0 });
    expect(latest?.patterns).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'words', pattern: expect.stringContaining('parcel') }), { kind: 'attribute', pattern: 'channel = app', share: 1, shareElsewhere: 0 }]));
  });

  it('keeps its place on the map over analyses, also after it was gone', async () => {
    const ranked = await sent<OpportunityRanked>('ratchet.opportunity.ranked');
    const apart = (a: OpportunityRanked | undefined, b: OpportunityRanked | undefined): number => Math.hypot((a?.position?.x ?? Number.NaN) - (b?.position?.x ?? Number.NaN), (a?.position?.y ?? Number.NaN) - (b?.position?.y ?? Number.NaN));
    const [parcels, invoices] = [about(ranked, 'parcel'), about(ranked, 'invoice')];
    expect(apart(parcels[0], invoices[0])).toBeGreaterThan(0.5);
    for (const [first, ...later] of [parcels, invoices, about(ranked, 'password')]) for (const one of later) expect(apart(first, one)).toBeLessThan(0.25);
  });
});

describe('storing a failure', () => {
  it('does not wait for an analysis that writes its findings', async () => {
    await database.transaction(async (tx) => {
      await tx.query('update targets set analyses = analyses where model = $1 and workload = $2', [TARGET.model, TARGET.workload]);
      const stored = store('parcel', 1).then(() => 'stored');
      expect(await Promise.race([stored, new Promise((resolve) => setTimeout(resolve, 5_000, 'waits'))])).toBe('stored');
    });
  });
});

describe('stored embeddings', () => {
  it('come back as they were, by provider and text, until nobody has asked for them for long', async () => {
    const stored = new StoredEmbeddings(database);
    await stored.save('one/model', new Map([['h1', Float32Array.of(0.25, -1, 3e-8)], ['h2', Float32Array.of(1, 2, 3)]]));
    await stored.save('one/model', new Map([['h1', Float32Array.of(9, 9, 9)]]));
    expect(await stored.load('one/model', ['h1', 'h3'])).toEqual(new Map([['h1', Float32Array.of(0.25, -1, 3e-8)]]));
    expect((await stored.load('another/model', ['h1'])).size).toBe(0);
    await database.query(`update text_embeddings set used_at = now() - interval '40 days'`);
    await stored.load('one/model', ['h1']);
    await pruneEmbeddings(database, { windowDays: 30 });
    expect([...(await stored.load('one/model', ['h1', 'h2'])).keys()]).toEqual(['h1']);
  });
});

describe('the schedule', () => {
  it('makes up once for the runs that were missed while nothing ran, for each workload by its own pattern', async () => {
    await database.query(`insert into targets (model, workload) values ('assistant', 'sales')`);
    const schedule = { ANALYSIS_CRON: '0 3 * * *', ANALYSIS_CRON_WORKLOADS: { sales: '0 */6 * * *' } };
    const analysed: string[] = [];
    const jobs: Job[] = [new AnalyzeAllJob(database, schedule), { jobName: ANALYZE_JOB, run: async (payload) => void analysed.push((payload as { workload: string }).workload) }];
    const start = (): Promise<() => Promise<void>> => startJobs({ url: server.url, service, jobs, crons: analysisCrons(schedule), logger, stopWithinMs: 1_000 });
    const stop = await start();
    await eventually(async () => expect(await database.query('select from analyzer_jobs._private_known_crontabs')).toHaveLength(2));
    await stop();
    await database.query(`update analyzer_jobs._private_known_crontabs set known_since = now() - interval '30 days', last_execution = now() - interval '5 days'`);
    const stopAgain = await start();
    await eventually(() => expect([...analysed].sort()).toEqual(['sales', 'support']));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await stopAgain();
    expect([...analysed].sort()).toEqual(['sales', 'support']);
  });
});
