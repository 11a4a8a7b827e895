// What becomes of a cycle, and of its examples, whose verdict has too little evidence: against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import type { CandidateJudged } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { contract } from '../contract.js';
import { migrations } from '../persistence/migrations.js';
import { CycleHandlers } from './cycle.handlers.js';

const target = { model: 'assistant', workload: 'default' };
const counts = { units: 0, failedUnits: 0, outcomes: 0, failures: 0, errors: 0, unsafe: 0, latencyP95Ms: null };
/** Neither a start nor a cancellation is among what is tried here. */
const handlers = new CycleHandlers({} as never, {} as never, Logger.silent());
let store: TestDatabase;
let database: Database;

beforeAll(async () => {
  store = await createTestDatabase('trainer-dispatcher');
  database = new Database({ url: store.url, service: contract.service, migrations });
  await database.start();
});
afterAll(async () => {
  await database?.stop();
  await store?.drop();
});

beforeEach(async () => {
  await database.query('truncate cycles, examples cascade');
  await database.query(`insert into cycles (cycle_id, model, workload, state, trigger, trigger_reason, base_version, version, training_run_id) values ('c1', 'assistant', 'default', 'judging', 'command', 'r', 'v1', 'v2', 'run')`);
  await database.query(`insert into examples (example_id, dataset_id, model, workload, split, body, state, cycle_id) values ('e1', 'd1', 'assistant', 'default', 'train', '{}', 'training', 'c1')`);
});

const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: '2026-01-01T00:00:00Z', data });
const judged = (outcome: CandidateJudged['outcome'], awaits?: CandidateJudged['awaits']): Promise<void> =>
  database.transaction((tx) => handlers.onJudged(event({ cycleId: 'c1', ...target, version: 'v2', baseVersion: 'v1', outcome, ...(awaits && { awaits }), gates: [], message: '', judgedAt: '2026-01-01T00:00:00Z' }), tx));
const moved = (to: string, actor = 'policy'): Promise<void> =>
  database.transaction((tx) =>
    handlers.onAdvanced(event({ rolloutId: 'ro', cycleId: 'c1', ...target, version: 'v2', previousVersion: 'v1', actor, reason: '', sequence: 2, from: 'AWAITING_APPROVAL', to, stage: 0, share: 0, evidence: { candidate: counts, control: counts, tests: [], formulaVersion: '1' }, advancedAt: '2026-01-01T00:00:00Z' }), tx),
  );
const now = async (): Promise<unknown[]> => {
  const [row] = await database.query<{ cycle: string; ended: boolean; example: string }>(`select c.state as cycle, c.ended_at is not null as ended, e.state as example from cycles c, examples e where e.example_id = 'e1'`);
  return [row?.cycle, row?.ended, row?.example];
};

describe('too little evidence', () => {
  it('frees the examples where more data are waited for', async () => {
    await judged('insufficient', 'more_data');
    expect(await now()).toEqual(['insufficient', true, 'waiting']);
  });

  it('keeps cycle and examples for a person, who lets it into its rollout', async () => {
    await judged('insufficient', 'person');
    expect(await now()).toEqual(['awaiting_person', false, 'training']);
    await moved('DRAFT', 'human:ann');
    expect(await now()).toEqual(['rollout', false, 'training']);
  });

  it('does not go back to waiting where the verdict is read after the approval', async () => {
    await moved('DRAFT', 'human:ann');
    await judged('insufficient', 'person');
    expect(await now()).toEqual(['rollout', false, 'training']);
  });

  it('sets the examples apart where a person turns the candidate down, and frees them where nobody decided', async () => {
    await judged('insufficient', 'person');
    await moved('CANCELLED');
    expect(await now()).toEqual(['insufficient', true, 'waiting']);
    await database.query(`update cycles set state = 'awaiting_person', ended_at = null`);
    await database.query(`update examples set state = 'training', cycle_id = 'c1'`);
    await moved('CANCELLED', 'human:ann');
    expect(await now()).toEqual(['rejected', true, 'quarantined']);
  });
});
