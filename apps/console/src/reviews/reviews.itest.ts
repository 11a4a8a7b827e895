// The review queue as the console keeps and shows it: against a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reviewsQuerySchema, reviewProgressSchema, reviewsPageSchema } from '@ratchet/console-api';
import type { ReviewDecision, ReviewItem } from '@ratchet/domain';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { contract } from '../contract.js';
import { migrations } from '../persistence/migrations.js';
import { storeErasure } from '../persistence/reviews.repository.js';
import { reviewItems, reviewItemsOf, storeReview } from './review-items.repository.js';
import { reviewProgress } from './review-progress.repository.js';

let store: TestDatabase;
let database: Database;

beforeAll(async () => {
  store = await createTestDatabase('console');
  database = new Database({ url: store.url, service: contract.service, migrations });
  await database.start();
});
afterAll(async () => {
  await database?.stop();
  await store?.drop();
});

const later = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
const said = (reviewer: string, decision: ReviewDecision['decision'] = 'approve'): ReviewDecision => ({ reviewer, decision, reason: 'because', decidedAt: new Date().toISOString() });
const item = (exampleId: string, differs: Partial<ReviewItem> = {}): ReviewItem => ({
  exampleId, model: 'm', workload: 'support', opportunityId: 'o', input: 'q', output: 'a', source: 'correction', confidence: 0.5, reason: 'unsure', interactionIds: [], state: 'waiting', decisions: [], ...differs,
});
const told = (one: ReviewItem, changedAt = new Date().toISOString()): Promise<void> => database.transaction((tx) => storeReview(tx, { item: one, changedAt }));
const listed = async (query: object, reader = 'ann') => reviewsPageSchema.parse(await reviewItems(database, reviewsQuerySchema.parse(query), reader));
const ids = async (query: object, reader = 'ann'): Promise<string[]> => (await listed(query, reader)).items.map(({ exampleId }) => exampleId);
const progress = async (reader = 'ann') => reviewProgressSchema.parse(await reviewProgress(database, reader));

describe('the queue', () => {
  beforeAll(async () => {
    await told(item('sure', { confidence: 0.9 }));
    await told(item('users', { confidence: 0.1, agreeingUsers: 2, source: 'user_correction' }));
    await told(item('bobs', { confidence: 0.8, claim: { reviewer: 'bob', until: later(10) } }));
    await told(item('expired', { confidence: 0.3, claim: { reviewer: 'bob', until: later(-1) } }));
    await told(item('mine', { confidence: 0.2, claim: { reviewer: 'ann', until: later(10) } }));
    await told(item('answered', { confidence: 0.7, reviewersNeeded: 2, decisions: [said('ann')], opportunityId: 'other' }));
  });

  it('comes with most users first, then the most certain, page by page', async () => {
    const order = ['users', 'sure', 'bobs', 'answered', 'expired', 'mine'];
    expect(await ids({})).toEqual(order);
    const pages: string[] = [];
    for (let after: string | null | undefined; after !== null; ) {
      const page = await listed({ limit: 2, ...(after !== undefined && { after }) });
      pages.push(...page.items.map(({ exampleId }) => exampleId));
      after = page.next;
    }
    expect(pages).toEqual(order);
  });

  it('offers what is free, or their own, and what they have not answered', async () => {
    expect(await ids({ holder: 'available' })).toEqual(['users', 'sure', 'expired', 'mine']);
    expect(await ids({ holder: 'available' }, 'bob')).toEqual(['users', 'sure', 'bobs', 'answered', 'expired']);
    expect(await ids({ holder: 'mine' })).toEqual(['mine']);
    expect(await ids({ holder: 'unclaimed' })).toEqual(['users', 'sure', 'answered', 'expired']);
  });

  it('is narrowed by source, opportunity, target and confidence', async () => {
    expect(await ids({ source: 'user_correction' })).toEqual(['users']);
    expect(await ids({ opportunity: 'other' })).toEqual(['answered']);
    expect(await ids({ model: 'nobody' })).toEqual([]);
    expect(await ids({ confidenceFrom: 0.3, confidenceTo: 0.8 })).toEqual(['bobs', 'answered', 'expired']);
    const { next } = await listed({ confidenceFrom: 0.3, limit: 2 });
    expect(await ids({ confidenceFrom: 0.3, after: next })).toEqual(['answered', 'expired']);
  });

  it('refuses a place that it never gave', async () => {
    await expect(listed({ after: 'bm90IGEgcGxhY2U' })).rejects.toThrow('after');
  });

  it('tells nothing of the first decision to the second reviewer', async () => {
    const [forBob] = await reviewItemsOf(database, ['answered'], 'bob');
    expect(forBob).toMatchObject({ decisions: [], hiddenDecisions: 1 });
    expect((await reviewItemsOf(database, ['answered'], 'ann'))[0]?.decisions).toHaveLength(1);
  });
});

describe('progress', () => {
  it('follows every change, also one that comes late or twice, without counting items', async () => {
    const before = (await progress()).targets[0];
    await told(item('sure', { state: 'approved', decisions: [said('ann')] }), later(1));
    await told(item('sure'), later(-60));
    await told(item('sure', { state: 'approved', decisions: [said('ann')] }), later(1));
    const { targets, mine, claims } = await progress();
    expect(targets[0]).toMatchObject({ model: 'm', workload: 'support', waiting: (before?.waiting ?? 0) - 1, approved: 1 });
    expect(mine).toEqual({ approve: 2, edit: 0, reject: 0, claimed: 1 });
    expect(claims.map(({ reviewer, items }) => [reviewer, items])).toEqual([['ann', 1], ['bob', 1]]);
  });

  it('tells how far two reviewers agree, and forgets it with a decision that was taken back', async () => {
    await told(item('p1', { reviewersNeeded: 2, state: 'approved', decisions: [said('ann'), said('bob')] }));
    await told(item('p2', { reviewersNeeded: 2, decisions: [said('ann'), said('bob', 'reject')] }));
    await told(item('p3', { reviewersNeeded: 2, state: 'rejected', decisions: [said('ann', 'reject'), said('bob', 'reject')] }));
    expect((await progress()).agreement).toMatchObject({ n: 3, observed: 2 / 3, kappa: expect.closeTo(0.4, 6) });
    await told(item('p2', { reviewersNeeded: 2, decisions: [said('ann')] }), later(2));
    expect((await progress()).agreement).toMatchObject({ n: 2, observed: 1, kappa: 1 });
  });

  it('forgets what is erased', async () => {
    await database.transaction((tx) => storeErasure(tx, { erasureId: 'x', model: 'm', workload: 'support', service: 's', userHash: 'h', removed: {}, exampleIds: ['p1', 'sure'], datasetIds: [], versions: [], completedAt: later(0) }));
    const { targets, mine, agreement } = await progress();
    expect(targets[0]).toMatchObject({ approved: 0, rejected: 1 });
    expect([mine.approve, mine.reject, agreement.n]).toEqual([2, 1, 1]);
  });
});

it('has an index for every way of asking: no list reads the table from end to end', async () => {
  await database.query(
    `insert into review_items (example_id, model, workload, state, body, changed_at, opportunity_id, source, confidence, place)
     select 'n' || n, 'many', 'w' || n % 5, case when n % 4 = 0 then 'waiting' else 'approved' end, jsonb_build_object('exampleId', 'n' || n), now(), 'o' || n % 100, 'correction', n % 100 / 100.0, n from generate_series(1, 5000) n`,
  );
  await database.query('analyze review_items');
  const scans: string[] = [];
  const watched = {
    query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
      const plan = (await database.query<Record<'QUERY PLAN', string>>(`explain ${sql}`, parameters)).map((row) => row['QUERY PLAN']).join('\n');
      if (/Seq Scan on review_items/u.test(plan)) scans.push(`${sql}\n${plan}`);
      return [];
    },
  };
  for (const query of [{}, { model: 'many', workload: 'w1' }, { opportunity: 'o1' }, { confidenceFrom: 0.98 }, { holder: 'mine' }, { holder: 'available' }, { state: 'approved' }]) await reviewItems(watched, reviewsQuerySchema.parse({ limit: 20, ...query }), 'ann');
  await reviewItemsOf(watched, ['n1'], 'ann');
  await reviewProgress(watched, 'ann');
  expect(scans).toEqual([]);
});
