// What components tell of their budgets, as the console stores and shows it: against a real PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { budgetChanged, type BudgetChanged } from '@ratchet/domain';
import { createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { PlatformModule } from '@ratchet/service';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { contract } from '../contract.js';
import { migrations } from '../persistence/migrations.js';
import { BudgetMetricsTick } from './budget-metrics.tick.js';
import { BudgetsController } from './budgets.controller.js';
import { BudgetsHandlers } from './budgets.handlers.js';

let store: TestDatabase;
let database: Database;
let app: INestApplicationContext;

beforeAll(async () => {
  store = await createTestDatabase('console');
  database = new Database({ url: store.url, service: contract.service, migrations });
  await database.start();
  const logger = Logger.silent();
  const kafka = createKafka({ brokers: ['localhost:1'], clientId: 'test', ssl: false }, logger);
  const platform = PlatformModule.with({ config: {} as never, logger, metrics: new Metrics(), kafka, producer: new EventProducer(kafka), database });
  app = await NestFactory.createApplicationContext({ module: class Root {}, imports: [platform], controllers: [BudgetsController, BudgetsHandlers] }, { logger: ['error'] });
});
afterAll(async () => {
  await app?.close();
  await database?.stop();
  await store?.drop();
});

const told = async (workload: string, changedAt: string, parts: Partial<BudgetChanged> = {}): Promise<void> => {
  const data = budgetChanged.schema.parse({
    component: 'data_generation', model: 'm', workload, month: '2026-01', run: { spentUsd: 1, limitUsd: 5 }, monthly: { spentUsd: 2, limitUsd: null }, calls: 3, changedAt, ...parts,
  });
  await database.transaction((tx) => app.get(BudgetsHandlers).onBudget({ id: 'e', source: '/t', type: 't', time: changedAt, data }, tx));
};

describe('budgets', () => {
  it('shows the newest word of each component on each target, whatever order words come in', async () => {
    await told('support', '2026-01-02T00:00:00Z', { waitingFor: { code: 'run_budget', message: 'used up' } });
    await told('support', '2026-01-01T00:00:00Z');
    await told('sales', '2026-01-03T00:00:00Z');
    const { budgets } = (await app.get(BudgetsController).budgets()) as { budgets: BudgetChanged[] };
    expect(budgets.map(({ workload, waitingFor }) => [workload, waitingFor?.message])).toEqual([['sales', undefined], ['support', 'used up']]);
  });

  it('forgets why it waited once it goes on', async () => {
    await told('support', '2026-01-04T00:00:00Z');
    const { budgets } = (await app.get(BudgetsController).budgets()) as { budgets: BudgetChanged[] };
    expect(budgets[0]).not.toHaveProperty('waitingFor');
  });

  it('shows the used share of this month where there is a limit, and none of it at the start of the next', async () => {
    const metrics = new Metrics();
    const tick = new BudgetMetricsTick(database, metrics);
    const now = new Date().toISOString();
    await told('limited', now, { month: now.slice(0, 7), monthly: { spentUsd: 3, limitUsd: 12 } });
    await told('last month', now, { month: '2026-01', monthly: { spentUsd: 12, limitUsd: 12 } });
    await told('free', now, { month: now.slice(0, 7), monthly: { spentUsd: 3, limitUsd: null } });
    await tick.tick();
    expect((await metrics.registry.metrics()).match(/^ratchet_budget_used_ratio\{.*$/gmu)?.sort()).toEqual([
      'ratchet_budget_used_ratio{component="data_generation",model="m",workload="last month"} 0',
      'ratchet_budget_used_ratio{component="data_generation",model="m",workload="limited"} 0.25',
    ]);
  });
});
