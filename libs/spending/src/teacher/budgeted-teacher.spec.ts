import { describe, expect, it } from '@jest/globals';
import { ProviderError, type TeacherClient, type TeacherRequest, type TeacherResult } from '@ratchet/providers';
import { z } from 'zod';
import { InMemoryLedger } from '../ledger/in-memory-ledger.js';
import { BudgetedTeacher, type BudgetedTeacherOptions } from './budgeted-teacher.js';

const schema = z.object({ answer: z.string() });
const account = { component: 'data_generation' as const, model: 'm', workload: 'w', runId: 'r1' };

class Client implements TeacherClient {
  readonly description = 'p/m';
  readonly asked: string[] = [];
  constructor(private readonly answer: (input: string) => TeacherResult<unknown> | Promise<TeacherResult<unknown>>) {}
  async ask<Schema extends z.ZodType>({ input }: TeacherRequest<Schema>): Promise<TeacherResult<z.infer<Schema>>> {
    this.asked.push(input);
    return (await this.answer(input)) as TeacherResult<z.infer<Schema>>;
  }
}

const right = (): TeacherResult<unknown> => ({ value: { answer: 'A.' }, usage: { inputTokens: 1_000, outputTokens: 1_000 } });
const teacherOf = (client: Client, parts: Partial<BudgetedTeacherOptions> = {}): BudgetedTeacher =>
  new BudgetedTeacher({ client, ledger: new InMemoryLedger(), account, limits: { runUsd: 1, monthUsd: null }, price: { inputUsdPerMillion: 100, outputUsdPerMillion: 100 }, ...parts });
const ask = (teacher: BudgetedTeacher, input: string) => teacher.ask({ instructions: 'Do.', input, schema, schemaName: 'correction' });
const failing = (code: 'connection' | 'timeout' | 'bad_response', usage?: { inputTokens: number; outputTokens: number }) => () => {
  throw new ProviderError({ code, provider: 'p', message: 'scripted', usage });
};

describe('BudgetedTeacher', () => {
  it('refuses the call that may go over the budget, and makes none after it', async () => {
    const client = new Client(right);
    const teacher = teacherOf(client);
    for (let i = 0; i < 5; i += 1) await ask(teacher, `q${i}`);
    await expect(ask(teacher, 'one too many')).rejects.toMatchObject({ name: 'BudgetExceededError', code: 'run_budget' });
    expect(client.asked).toHaveLength(5);
  });

  it('counts what calls under way have set aside, so that many at once do not go over together', async () => {
    const ledger = new InMemoryLedger();
    const client = new Client(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return right();
    });
    const results = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => ask(teacherOf(client, { ledger }), `q${i}`)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
    expect((await ledger.totals(account)).runUsd).toBeGreaterThan(0.8);
  });

  it('stops after an answer that cost far more than was set aside', async () => {
    const client = new Client(() => ({ value: { answer: 'A.' }, usage: { inputTokens: 1_000_000, outputTokens: 0 } }));
    const teacher = teacherOf(client);
    await ask(teacher, 'q');
    await expect(ask(teacher, 'another')).rejects.toMatchObject({ code: 'run_budget' });
    expect(client.asked).toHaveLength(1);
  });

  it('asks nothing twice: not later, not at once, not in another run', async () => {
    const client = new Client(right);
    const ledger = new InMemoryLedger();
    const teacher = teacherOf(client, { ledger });
    await Promise.all([ask(teacher, 'q'), ask(teacher, 'q')]);
    const again = await ask(teacherOf(client, { ledger, account: { ...account, runId: 'r2' }, limits: { runUsd: 0, monthUsd: 0 } }), 'q');
    expect(again).toMatchObject({ value: { answer: 'A.' }, costUsd: 0 });
    expect(client.asked).toEqual(['q']);
  });

  it('takes what is stored and has another shape for nothing', async () => {
    const ledger = new InMemoryLedger();
    const client = new Client(right);
    const { contentHash } = await ask(teacherOf(client, { ledger }), 'q');
    ledger.results.set(contentHash, { other: 1 });
    await ask(teacherOf(client, { ledger }), 'q');
    expect(client.asked).toHaveLength(2);
  });

  it('estimates where nobody counts, and says so', async () => {
    const result = await ask(teacherOf(new Client(() => ({ value: { answer: 'x'.repeat(400) } }))), 'y'.repeat(400));
    expect(result.estimated).toBe(true);
    expect(result.costUsd).toBeCloseTo((101 + 104) / 10_000, 4);
  });

  it.each([
    ['a connection that failed costs nothing', failing('connection'), 0],
    ['answers that could not be used cost their tokens', failing('bad_response', { inputTokens: 500, outputTokens: 500 }), 0.1],
    ['a call that was given up costs what was sent', failing('timeout'), 0.0001],
  ])('%s', async (_what, answer, costUsd) => {
    const ledger = new InMemoryLedger();
    await expect(ask(teacherOf(new Client(answer), { ledger }), 'q')).rejects.toBeInstanceOf(ProviderError);
    expect((await ledger.totals(account)).runUsd).toBeCloseTo(costUsd, 6);
  });

  it('makes no more calls than it may', async () => {
    const teacher = teacherOf(new Client(right), { callsMax: 1, limits: { runUsd: null, monthUsd: null } });
    await ask(teacher, 'q');
    await expect(ask(teacher, 'r')).rejects.toMatchObject({ code: 'run_budget' });
    expect(await ask(teacher, 'q')).toMatchObject({ costUsd: 0 });
  });
});
