// Goal: after an erasure no service holds a word of the user. Method: the services with a database run as processes of the built code on one Kafka and
// one database; the user's texts are sent through the topics until every schema holds them, and then every column of every table is searched.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topicCatalogue } from '@ratchet/contracts';
import type { EventDefinition } from '@ratchet/contracts';
import { candidateRegistered, commandIssued, interactionCompleted, interactionFailed, opportunityRanked, signalDetected, userHashOf } from '@ratchet/domain';
import { createKafka, ensureTopics, EventProducer } from '@ratchet/kafka';
import { Logger, newEventId } from '@ratchet/observability';
import { createTestDatabase, eventually, startTestProcess } from '@ratchet/testing';
import type { TestDatabase, TestProcess } from '@ratchet/testing';
import { ChaosStack } from './chaos/chaos-stack.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const services = ['data-generator', 'analyzer', 'trainer-dispatcher', 'evaluator', 'console'] as const;
const schemas = services.map((service) => service.replaceAll('-', '_'));
const run = newEventId().slice(-8);
const target = { model: `erasure-${run}`, workload: 'default' };
const CONSOLE_TOKEN = `erasure-test-of-the-console-${run}`;
const MARK = `zucchini${run}`;
const ME = `user-${MARK}`;
const OTHERS_QUERY = 'show me the invoice please';
const past = new Date(Date.now() - 60_000).toISOString();

const dataDir = mkdtempSync(join(tmpdir(), 'ratchet-erasure-'));
const stack = new ChaosStack(dataDir, () => undefined);
let database: TestDatabase;
let producer: EventProducer;
let processes: Map<string, TestProcess>;

const send = (definition: EventDefinition, data: object): Promise<void> =>
  producer.send([{ id: newEventId(), source: '/test', type: definition.type, time: new Date().toISOString(), data: definition.schema.parse(data) as object }]);

/** Places that hold the text: `schema.table.column`. */
const placesOf = async (text: string): Promise<string[]> => {
  const columns = await database.query<{ schema: string; table: string; column: string }>(
    `select table_schema as schema, table_name as table, column_name as column from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_type = 'BASE TABLE' and (table_schema = any($1::text[]) or table_schema like '%\\_jobs') and data_type in ('text', 'json', 'jsonb', 'ARRAY', 'character varying', 'tsvector', 'USER-DEFINED')`,
    [schemas],
  );
  if (columns.length === 0) return [];
  const parts = columns.map(({ schema, table, column }) => `select '${schema}.${table}.${column}' as place where exists (select 1 from "${schema}"."${table}" where "${column}"::text ilike $1)`);
  return (await database.query<{ place: string }>(parts.join(' union all '), [`%${text}%`])).map(({ place }) => place);
};

const failure = (n: number, { userId, query }: { userId: string; query: string }): Promise<void> =>
  send(interactionFailed, {
    interactionId: `i${n}-${run}`, conversationId: `c${n}-${run}`, userId, ...target, version: 'v1', query, response: `You said: ${query}`, probability: 0.9, severity: 0.5, signals: [],
    correction: 'Under Bills.', ...(userId === ME && { comment: `${MARK} is angry` }), startedAt: past, closedAt: past,
  });

const ranked = (ids: readonly string[]): Promise<void> =>
  send(opportunityRanked, {
    opportunityId: `o-${run}`, clusterId: 'k', ...target, version: 'v1', size: ids.length, affectedUsers: 3, severity: 0.5, estimatedEffort: 1, regressionRisk: 0.1, priority: 1, rank: 1,
    rootCause: 'knowledge_gap', rootCauseConfidence: 0.9, rootCauseReason: `they ask for ${MARK}`, fixType: 'training_examples', suggestedFix: `tell of ${MARK}`, strategy: 's', commonPatterns: [MARK],
    representatives: [{ interactionId: ids[0] ?? '', query: `1 ${MARK}`, response: 'r' }], interactionIds: [...ids], analysisId: 'a', failuresAnalyzed: ids.length, rankedAt: past,
  });

/** What only a judge's work leaves behind, and no judge is here. */
const leaveJudgesWork = async (): Promise<void> => {
  const task = JSON.stringify({ interaction: { interactionId: `q1-${run}`, userId: ME, ...target }, exchange: { query: MARK } });
  await database.query('insert into evaluator.judge_queue (interaction_id, task) values ($1, $2)', [`q1-${run}`, task]);
  await database.query('insert into evaluator.quality_evaluations (interaction_id, model, workload, version_id, evaluated_at, user_hash) values ($1, $2, $3, $4, now(), $5)', [`q2-${run}`, target.model, target.workload, 'v1', userHashOf(ME)]);
  await database.query('insert into evaluator.answer_cache (version_id, prompt_hash, content, finish_reason) values ($1, $2, $3, $4)', ['v2', run, `You said: ${MARK}`, 'stop']);
  await database.query(
    `insert into evaluator.quality_scores (interaction_id, model, workload, version_id, evaluator, judge, prompt, score, is_pass, explanation, rate, weight, evaluated_at) values ($1, $2, $3, 'v1', 'factuality', 'j', 'p', 0, false, $4, 1, 1, now())`,
    [`q2-${run}`, target.model, target.workload, `the answer says ${MARK}`],
  );
};

beforeAll(async () => {
  await stack.start();
  process.env['DATABASE_URL'] = stack.databaseUrl;
  database = await createTestDatabase('erasure');
  const { brokers } = stack;
  const kafka = createKafka({ brokers, clientId: 'erasure-test' }, Logger.silent());
  await ensureTopics(kafka, { catalogue: topicCatalogue, replicationFactor: 1, services: [...services] });
  producer = new EventProducer(kafka);
  const env = { KAFKA_BROKERS: brokers.join(','), DATABASE_URL: database.url, HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', PROVIDERS: '[]', GENERATE_DELAY_MS: '0', REVIEW_AGREEING_USERS: '2', REVIEW_MIN_AGREEMENT: '0.1', FIRST_ADMIN_TOKEN: CONSOLE_TOKEN };
  processes = new Map(services.map((service) => [service, startTestProcess({ script: `${root}apps/${service}/dist/main.js`, env })]));
  await Promise.all([...processes.values()].map((one) => one.said(/"listening"/, 60_000)));
}, 180_000);

afterAll(async () => {
  await Promise.all([...(processes ?? new Map<string, TestProcess>()).values()].map((one) => one.end('SIGTERM')));
  await producer?.close();
  await database?.drop();
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const consoleUrl = (): string => /"address":"([^"]+)"/.exec(processes.get('console')?.output() ?? '')?.[1] ?? '';
const fromConsole = async (path: string): Promise<string> => (await fetch(`${consoleUrl()}/api/${path}`, { headers: { authorization: `Bearer ${CONSOLE_TOKEN}` } })).text();

describe('an erased user', () => {
  it('is in every service before, and in none after', async () => {
    const mine = Array.from({ length: 12 }, (_, n) => n);
    for (const n of mine) await failure(n, { userId: ME, query: `${n} ${MARK} needs the invoice` });
    await failure(20, { userId: 'b', query: OTHERS_QUERY });
    await failure(21, { userId: 'c', query: OTHERS_QUERY });
    await send(signalDetected, { signalId: newEventId(), interactionId: `late-${run}`, conversationId: `late-${run}`, userId: ME, ...target, version: 'v1', name: 'thumbs_down', strength: 1, evidence: {}, comment: `${MARK} came late`, late: true, detectedAt: past });
    await send(interactionCompleted, { interactionId: `t-${run}`, conversationId: `c0-${run}`, userId: ME, ...target, version: 'v1', input: [{ role: 'user', content: `${MARK} said before` }], output: { content: 'r' }, startedAt: past, latencyMs: 5 });
    // What waits for reviewers: nobody else says this.
    await send(interactionFailed, { interactionId: `w-${run}`, conversationId: `w-${run}`, userId: ME, ...target, version: 'v1', query: 'a door bell', response: 'r', probability: 0.9, severity: 0.5, signals: [], correction: `Ask ${MARK}.`, startedAt: past, closedAt: past });
    await eventually(async () => expect(await database.query('select 1 from data_generator.failures where model = $1', [target.model])).toHaveLength(15));
    await ranked([...mine.map((n) => `i${n}-${run}`), `i20-${run}`, `i21-${run}`, `w-${run}`]);
    await leaveJudgesWork();
    await eventually(async () => {
      const places = await placesOf(MARK);
      const expected = ['analyzer.failures.query', 'analyzer.late_evidence.comment', 'data_generator.failures.query', 'data_generator.corrections.correction', 'data_generator.issued_examples.input_key', 'data_generator.review_items.output', 'trainer_dispatcher.examples.body', 'evaluator.examples.input', 'evaluator.judge_queue.task', 'evaluator.answer_cache.content', 'evaluator.quality_scores.explanation', 'console.failures.query', 'console.failures.words', 'console.interactions.query', 'console.late_evidence.body', 'console.opportunities.body', 'console.review_items.body'];
      expect(expected.filter((place) => !places.includes(place))).toEqual([]);
    });
    expect(await fromConsole('reviews?state=waiting')).toContain(`Ask ${MARK}.`);
    const [dataset] = await database.query<{ dataset_id: string }>('select dataset_id from data_generator.datasets where model = $1', [target.model]);
    await send(candidateRegistered, { cycleId: `cy-${run}`, ...target, trainingRunId: 't', baseVersion: 'v1', version: 'v2', datasetIds: [dataset?.dataset_id ?? ''], opportunityIds: [], trainingConfig: {}, trainingSeconds: 1, registeredAt: past });
    await eventually(async () => expect(await database.query('select 1 from data_generator.dataset_versions where version_id = $1', ['v2'])).toHaveLength(1));

    await send(commandIssued, { name: 'user.erase', commandId: `erase-${run}`, actor: 'dpo', reason: 'asked by mail', ...target, issuedAt: new Date().toISOString(), userId: ME });
    await eventually(async () => expect(await fromConsole('erasures')).toContain(`erase-${run}`));
    await eventually(async () => expect(await placesOf(MARK)).toEqual([]));
    const report = JSON.parse(await fromConsole('erasures')) as { erasures: { report: object }[] };
    expect(report.erasures[0]?.report).toMatchObject({ userHash: userHashOf(ME), versions: ['v2'], datasetIds: [dataset?.dataset_id], removed: { failures: 13, corrections: 13, examples: 12 } });
  });

  it('takes nothing away from others', async () => {
    const kept = await database.query<{ body: { input: string; lineage: { interactionIds: string[] } } }>(`select body from trainer_dispatcher.examples where model = $1 and split <> 'dropped'`, [target.model]);
    expect(kept.map(({ body }) => body.input)).toEqual([OTHERS_QUERY]);
    expect(kept[0]?.body.lineage.interactionIds.sort()).toEqual([`i20-${run}`, `i21-${run}`]);
    expect(await fromConsole('reviews?state=waiting')).not.toContain(target.model);
  });
});
