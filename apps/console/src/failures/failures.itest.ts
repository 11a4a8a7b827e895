// Failures as they are kept, found, shown in their conversations and forgotten, against a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failureDetailSchema, failuresPageSchema } from '@ratchet/console-api';
import { commandIssued, interactionCompleted, interactionFailed, opportunityRanked, signalDetected } from '@ratchet/domain';
import { ADMIN_TOKEN, bearer, startTestConsole, type TestConsole } from '../access/spec-support/test-console.js';
import { StateHandlers } from '../handlers/state.handlers.js';
import { FailuresHandlers } from './failures.handlers.js';
import { pruneFailures } from './forget-failures.js';

let running: TestConsole;
const target = { model: 'm', workload: 'support' };
const at = (minute: number): string => new Date(Date.UTC(2026, 0, 5, 12, minute)).toISOString();
const event = <Data>(data: Data) => ({ id: 'e', source: '/t', type: 't', time: at(0), data });
const handlers = (): FailuresHandlers => running.app.get(FailuresHandlers);

const asked = (interactionId: string, conversationId: string, minute: number, parts: object = {}) =>
  interactionCompleted.schema.parse({
    interactionId, conversationId, ...target, version: 'v1', input: [{ role: 'system', content: 'inside' }, { role: 'user', content: `asked ${interactionId}` }], output: { content: `answered ${interactionId}` },
    startedAt: at(minute), latencyMs: 5, ...parts,
  });
const failure = (interactionId: string, minute: number, parts: object = {}) =>
  interactionFailed.schema.parse({
    interactionId, conversationId: `c-${interactionId}`, ...target, version: 'v1', query: `where is ${interactionId}`, response: 'I cannot say.', probability: 0.8, severity: 0.4,
    signals: [{ name: 'reformulation', strength: 0.7, evidence: { next: 'again' } }], startedAt: at(minute), closedAt: at(minute + 1), ...parts,
  });
const late = (signalId: string, interactionId: string, parts: object = {}) =>
  signalDetected.schema.parse({ signalId, interactionId, conversationId: `c-${interactionId}`, ...target, version: 'v1', name: 'thumbs_down', strength: 1, evidence: {}, late: true, detectedAt: at(50), ...parts });
const rankedWith = (opportunityId: string, interactionIds: readonly string[], minute: number) =>
  opportunityRanked.schema.parse({
    opportunityId, clusterId: opportunityId, ...target, version: 'v1', size: interactionIds.length, affectedUsers: 1, severity: 0.5, estimatedEffort: 1, regressionRisk: 0.1, priority: 3, rank: 1, rootCause: 'knowledge_gap',
    rootCauseConfidence: 0.8, rootCauseReason: 'says so', fixType: 'knowledge_entries', suggestedFix: 'add it', strategy: 's', commonPatterns: ['parcel'], representatives: [], interactionIds, analysisId: 'a',
    failuresAnalyzed: 10, rankedAt: at(minute),
  });

const turns = (...all: ReturnType<typeof asked>[]): Promise<void> => running.database.transaction(async (tx) => { for (const one of all) await handlers().onInteraction(event(one), tx); });
const failed = (...all: ReturnType<typeof failure>[]): Promise<void> => running.database.transaction(async (tx) => { for (const one of all) await handlers().onFailed(event(one), tx); });
const came = (...all: ReturnType<typeof late>[]): Promise<void> => running.database.transaction(async (tx) => { for (const one of all) await handlers().onSignal(event(one), tx); });
const ranked = (of: ReturnType<typeof rankedWith>): Promise<void> =>
  running.database.transaction(async (tx) => {
    await running.app.get(StateHandlers).onOpportunity(event(of), tx);
    await handlers().onRanked(event(of), tx);
  });
const erase = (userId: string, minute: number): Promise<void> =>
  running.database.transaction((tx) => handlers().onCommand(event(commandIssued.schema.parse({ name: 'user.erase', commandId: `x-${userId}`, actor: 'dpo', reason: 'asked', ...target, userId, issuedAt: at(minute) })), tx));

const get = async (path: string): Promise<{ statusCode: number; body: unknown }> => {
  const response = await running.app.inject({ method: 'GET', url: path, headers: bearer(ADMIN_TOKEN) });
  return { statusCode: response.statusCode, body: response.json() };
};
const list = async (query: string) => failuresPageSchema.parse((await get(`/api/failures?${query}`)).body);
const ids = async (query: string): Promise<string[]> => (await list(query)).items.map(({ interactionId }) => interactionId);
const detail = async (id: string) => failureDetailSchema.parse((await get(`/api/failures/${id}`)).body);
const count = async (table: string): Promise<number> => (await running.database.query<{ n: number }>(`select count(*)::int as n from ${table}`))[0]?.n ?? 0;

beforeAll(async () => {
  running = await startTestConsole();
});
afterAll(async () => {
  await running?.stop();
});

describe('the list of failures', () => {
  beforeAll(async () => {
    await failed(
      failure('l1', 1),
      failure('l2', 2, { workload: 'sales', version: 'v2', userId: 'anna', signals: [{ name: 'error', strength: 1, evidence: { type: 'timeout' } }] }),
      failure('l3', 3, { query: 'see https://shop.example/orders/4711 <b>zebra</b>', comment: 'rubbish', correction: 'It is in the depot.' }),
    );
  });

  it('has the newest first, page by page', async () => {
    const first = await list('limit=2');
    expect(first.items.map(({ interactionId }) => interactionId)).toEqual(['l3', 'l2']);
    expect(await ids(`limit=2&after=${first.next}`)).toEqual(['l1']);
  });

  it.each([
    ['workload=sales', ['l2']],
    ['model=m&version=v1', ['l3', 'l1']],
    ['signal=error', ['l2']],
    ['user=anna', ['l2']],
    ['conversation=c-l3', ['l3']],
    ['search=ZEBRA', ['l3']],
    ['search=order%204711', ['l3']],
    ['search=depot', ['l3']],
    ['search=rubb', ['l3']],
    ['search=where%20l1', ['l1']],
    ['search=zebra%20l1', []],
    ['search=%3C%27%7C%26', ['l3', 'l2', 'l1']],
  ])('is narrowed by %s', async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  it('is found by what came late', async () => {
    expect(await ids('signal=thumbs_down')).toEqual([]);
    await came(late('s1', 'l1', { comment: 'quite useless' }), late('s1', 'l1', { comment: 'the same again' }));
    expect(await ids('signal=thumbs_down')).toEqual(['l1']);
    expect(await ids('search=useless')).toEqual(['l1']);
    expect((await detail('l1')).failure.comments).toEqual(['quite useless']);
  });

  it.each(['after=eyJh', 'limit=0', 'signal=other', 'model=%00', `search=${'x'.repeat(201)}`])('refuses %s', async (query) => {
    expect((await get(`/api/failures?${query}`)).statusCode).toBe(400);
  });
});

describe('the cluster of a failure', () => {
  it('is the one that the newest analysis put it into', async () => {
    await failed(failure('k1', 10), failure('k2', 11));
    await ranked(rankedWith('first', ['k1', 'k2'], 20));
    await ranked(rankedWith('second', ['k2'], 30));
    await ranked(rankedWith('first', ['k1', 'k2'], 25));
    expect(await ids('opportunity=first')).toEqual(['k1']);
    expect((await detail('k2')).opportunity).toMatchObject({ opportunityId: 'second', commonPatterns: ['parcel'], closed: null });
    await ranked(rankedWith('second', [], 40));
    expect((await detail('k2')).opportunity).toBeNull();
  });

  it('may be known before the failure is', async () => {
    await ranked(rankedWith('early', ['k3'], 41));
    await failed(failure('k3', 12));
    expect((await detail('k3')).opportunity?.opportunityId).toBe('early');
  });
});

describe('a failure in its conversation', () => {
  it('is shown with what the user saw before and after, whichever was read first', async () => {
    await turns(asked('t1', 'c-t2', 1), asked('t2', 'c-t2', 2));
    await failed(failure('t2', 2));
    await turns(asked('t3', 'c-t2', 3, { error: { type: 'timeout', message: 'too slow' }, output: null }), asked('t4', 'c-t2', 4, { input: [{ role: 'user', content: 'asked t3' }, { role: 'tool', content: 'found' }] }), asked('o1', 'other', 2));
    const { turns: shown, conversationKept, more } = await detail('t2');
    expect(shown.map(({ interactionId, query, response, error, failed: isFailed }) => [interactionId, query, response, error, isFailed])).toEqual([
      ['t1', 'asked t1', 'answered t1', null, false],
      ['t2', 'where is t2', 'I cannot say.', null, true],
      ['t3', 'asked t3', null, 'timeout: too slow', false],
      ['t4', null, 'answered t4', null, false],
    ]);
    expect({ conversationKept, more }).toEqual({ conversationKept: true, more: { before: false, after: false } });
  });

  it('is shown alone where the rest is not kept', async () => {
    await failed(failure('alone', 5));
    expect(await detail('alone')).toMatchObject({ turns: [{ interactionId: 'alone', query: 'where is alone' }], conversationKept: false });
  });

  it('is shown with twenty turns on each side', async () => {
    await turns(...Array.from({ length: 45 }, (_, n) => asked(`n${n}`, 'c-n22', n)));
    await failed(failure('n22', 22));
    const { turns: shown, more } = await detail('n22');
    expect(shown.map(({ interactionId }) => interactionId)).toEqual(Array.from({ length: 41 }, (_, n) => `n${n + 2}`));
    expect(more).toEqual({ before: true, after: true });
  });

  it('keeps texts that PostgreSQL does not take', async () => {
    await turns(asked('\u0000t', 'c-hostile', 1, { output: { content: 'a\u0000b\ud800' } }));
    await failed(failure('hostile', 2, { query: 'NUL \u0000 half \udfff', comment: '\u0000', signals: [{ name: 'correction', strength: 1, evidence: { words: '\u0000' } }] }));
    const { turns: shown } = await detail('hostile');
    expect(shown.map(({ response, query }) => [query, response])).toEqual([['asked \ufffdt', 'a\ufffdb\ufffd'], ['NUL \ufffd half \ufffd', 'I cannot say.']]);
  });

  it('has no texts where the workload keeps its own, from the first such failure on', async () => {
    const quiet = { workload: 'health' };
    await turns(asked('h1', 'c-h1', 1, quiet));
    await failed(failure('h1', 1, { ...quiet, query: '', response: '', contentWithheld: true }));
    await turns(asked('h2', 'c-h1', 2, quiet), asked('none', 'c-none', 2, { attributes: { 'ratchet.content': 'none' } }));
    expect(await detail('h1')).toMatchObject({ failure: { contentWithheld: true }, turns: [{ query: '' }] });
    expect(await running.database.query(`select 1 from interactions where workload = 'health' or interaction_id = 'none'`)).toEqual([]);
  });

  it.each(['/api/failures/nothing', '/api/failures/a%00b'])('%s is not there', async (path) => {
    expect((await get(path)).statusCode).toBe(404);
  });
});

describe('an erased user', () => {
  it('is nowhere, and comes back only with what they do later', async () => {
    const mine = { userId: 'eve' };
    await turns(asked('e1', 'c-e1', 1, mine), asked('e0', 'c-e1', 0), asked('bystander', 'c-b', 1, { userId: 'bob' }));
    await failed(failure('e1', 1, { ...mine, query: 'quokka' }), failure('e2', 2, { ...mine, workload: 'sales' }));
    await came(late('e-late', 'e1', { ...mine, comment: 'quokka again' }), late('e-never', 'never-failed', mine));
    await ranked(rankedWith('of eve', ['e1'], 30));
    await erase('eve', 40);
    await failed(failure('e3', 39, mine));
    await turns(asked('e4', 'c-e4', 39, mine));
    await came(late('e-later', 'e9', { ...mine, detectedAt: at(39) }));
    expect(await ids('user=eve')).toEqual(['e2']);
    expect(await ids('search=quokka')).toEqual([]);
    expect(await running.database.query(`select interaction_id from interactions where conversation_id in ('c-e1', 'c-e4', 'c-b')`)).toEqual([{ interaction_id: 'bystander' }]);
    expect(await running.database.query(`select 1 from late_evidence where signal_id like 'e-%'`)).toEqual([]);
    expect(await running.database.query(`select 1 from clustered_failures where interaction_id = 'e1'`)).toEqual([]);
    await failed(failure('e5', 41, mine));
    expect(await ids('user=eve')).toEqual(['e5', 'e2']);
  });
});

describe('what is kept', () => {
  it('are the newest failures with their conversations, and the newest turns of others', async () => {
    await running.database.query('truncate failures, interactions, late_evidence, clustered_failures');
    const today = Date.now();
    const closedAt = (daysAgo: number): string => new Date(today - daysAgo * 86_400_000).toISOString();
    await turns(...['p0', 'p1', 'p2'].map((id) => asked(id, `c-${id}`, 1)));
    await failed(...['p0', 'p1', 'p2'].map((id, n) => failure(id, 1, { closedAt: closedAt([40, 2, 1][n] ?? 0) })));
    for (const n of [1, 2, 3]) await turns(asked(`free${n}`, `free${n}`, 1));
    await pruneFailures(running.database, { turnsMax: 10, failuresMax: 10, failureDays: 30 });
    expect(await running.database.query('select interaction_id as id from failures order by 1')).toEqual([{ id: 'p1' }, { id: 'p2' }]);
    expect(await count('interactions')).toBe(6);
    await pruneFailures(running.database, { turnsMax: 2, failuresMax: 1, failureDays: 30 });
    expect(await ids('')).toEqual(['p2']);
    expect(await running.database.query('select interaction_id as id from interactions order by 1')).toEqual([{ id: 'free2' }, { id: 'free3' }, { id: 'p2' }]);
  });
});
