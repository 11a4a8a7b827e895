import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@ratchet/observability';
import { createTestDatabase, eventually } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { Database } from './database.js';
import { prepareJobs, startJobs } from './jobs.js';
import type { Job } from './jobs.js';
import { Leader } from './leader.js';

const logger = Logger.silent();
let server: TestDatabase;
const started: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await createTestDatabase('leadership');
});
afterEach(async () => {
  for (const stop of started.splice(0).reverse()) await stop();
});
afterAll(() => server.drop());

const lead = (service: string, onElected: () => Promise<() => Promise<void>>): Leader => {
  const leader = new Leader({ url: server.url, service, logger, retryMs: 100, onElected });
  leader.start();
  started.push(() => leader.stop());
  return leader;
};

describe('Leader', () => {
  it('is one at a time, and another takes over when the connection of the first is cut', async () => {
    const leading: string[] = [];
    const history: string[] = [];
    const instance = (name: string): Leader =>
      lead('election', async () => {
        leading.push(name);
        history.push(name);
        return async () => {
          leading.splice(leading.indexOf(name), 1);
        };
      });
    instance('a');
    await eventually(() => expect(leading).toEqual(['a']));
    const second = instance('b');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(leading).toEqual(['a']);

    await server.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'election-leader' and pid in (select pid from pg_locks where locktype = 'advisory' and granted)`);
    await eventually(() => expect(history.length).toBe(2));
    await eventually(() => expect(leading).toHaveLength(1));
    const holders = await server.query(`select l.pid from pg_locks l join pg_stat_activity a using (pid) where a.application_name = 'election-leader' and l.locktype = 'advisory' and l.granted and a.datname = current_database()`);
    expect(holders).toHaveLength(1);

    await second.stop();
    await eventually(() => expect(leading).toEqual(['a']));
  });

  it('does not stand in the way of another service', async () => {
    const leading: string[] = [];
    for (const service of ['one', 'two']) {
      lead(service, async () => {
        leading.push(service);
        return async () => undefined;
      });
    }
    await eventually(() => expect(leading.sort()).toEqual(['one', 'two']));
  });
});

describe('jobs', () => {
  const service = 'job-runner';
  let database: Database;

  beforeAll(async () => {
    database = new Database({ url: server.url, service, migrations: [] });
    await database.start();
    await prepareJobs({ url: server.url, service, logger });
  });
  afterAll(() => database.stop());

  const run = async (jobs: readonly Job[], crons: Parameters<typeof startJobs>[0]['crons'] = []): Promise<() => Promise<void>> => {
    const stop = await startJobs({ url: server.url, service, jobs, crons, logger, stopWithinMs: 1_000 });
    let stopping: Promise<void> | undefined;
    const once = (): Promise<void> => (stopping ??= stop());
    started.push(once);
    return once;
  };
  const waiting = (): Promise<object[]> => database.query('select task_identifier as name, attempts, locked_by is not null as held from job_runner_jobs.jobs');

  it('run once each, and again with a wait when they throw', async () => {
    const payloads: unknown[] = [];
    let tries = 0;
    const count: Job = { jobName: 'count', run: async (payload) => void payloads.push(payload) };
    const stumble: Job = {
      jobName: 'stumble',
      run: async () => {
        tries += 1;
        if (tries === 1) throw new Error('not yet');
      },
    };
    await database.transaction(async (tx) => {
      for (const n of [1, 2, 3]) await tx.enqueue('count', { n });
      await tx.enqueue('stumble', {});
    });
    await run([count, stumble]);
    await eventually(async () => expect(await waiting()).toEqual([]), { withinMs: 40_000 });
    expect(payloads).toHaveLength(3);
    expect(payloads).toEqual(expect.arrayContaining([{ n: 1 }, { n: 2 }, { n: 3 }]));
    expect(tries).toBe(2);
  });

  it('are freed when the leader that held them is gone', async () => {
    await database.transaction((tx) => tx.enqueue('resume', { step: 4 }));
    // What a leader leaves that died in the middle of a job.
    await database.query(`update job_runner_jobs._private_jobs set locked_at = now(), locked_by = 'worker-of-the-dead', attempts = 1`);
    const resumed: unknown[] = [];
    await run([{ jobName: 'resume', run: async (payload) => void resumed.push(payload) }]);
    await eventually(() => expect(resumed).toEqual([{ step: 4 }]));
    await eventually(async () => expect(await waiting()).toEqual([]));
  });

  it('finish before a stop is over', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    let finished = false;
    const stop = await run([
      {
        jobName: 'slow',
        run: async () => {
          begin();
          await new Promise((resolve) => setTimeout(resolve, 300));
          finished = true;
        },
      },
    ]);
    await database.transaction((tx) => tx.enqueue('slow', {}));
    await begun;
    await stop();
    expect(finished).toBe(true);
  });

  it('are interrupted by a stop where they heed it, and run again at once, as if for the first time', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const heedful: Job = {
      jobName: 'heedful',
      run: (_, stopping) => {
        begin();
        return new Promise((_resolve, reject) => stopping.addEventListener('abort', () => reject(new Error('interrupted'))));
      },
    };
    const stop = await run([heedful]);
    await database.transaction((tx) => tx.enqueue('heedful', {}));
    await begun;
    await stop();
    expect(await waiting()).toEqual([{ name: 'heedful', attempts: 0, held: false }]);
    let again = 0;
    await run([{ jobName: 'heedful', run: async () => void (again += 1) }]);
    await eventually(() => expect(again).toBe(1), { withinMs: 5_000 });
    await eventually(async () => expect(await waiting()).toEqual([]));
  });

  it('that do not heed a stop do not hold it up for long', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const deaf: Job = {
      jobName: 'deaf',
      run: () => {
        begin();
        return released;
      },
    };
    const stop = await run([deaf]);
    await database.transaction((tx) => tx.enqueue('deaf', {}));
    await begun;
    await stop();
    expect(await waiting()).toEqual([{ name: 'deaf', attempts: 1, held: true }]);
    let again = 0;
    await run([{ jobName: 'deaf', run: async () => void (again += 1) }]);
    await eventually(() => expect(again).toBe(1), { withinMs: 5_000 });
    release();
    await eventually(async () => expect(await waiting()).toEqual([]));
  });

  it('are made by a crontab, and of many that were missed while nothing ran one is made up for', async () => {
    const crons = [{ cronName: 'daily-review', pattern: '0 3 * * *', jobName: 'review' }];
    let reviews = 0;
    const review: Job = { jobName: 'review', run: async () => void (reviews += 1) };
    const stop = await run([review], crons);
    await eventually(async () => expect(await database.query(`select identifier from job_runner_jobs._private_known_crontabs`)).toEqual([{ identifier: 'daily-review' }]));
    await stop();
    await database.query(`update job_runner_jobs._private_known_crontabs set known_since = now() - interval '30 days', last_execution = now() - interval '22 days'`);
    await run([review], crons);
    await eventually(() => expect(reviews).toBe(1));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(reviews).toBe(1);
  });

  it('refuse a crontab that cannot be read', async () => {
    await expect(startJobs({ url: server.url, service, jobs: [], crons: [{ cronName: 'bad', pattern: 'every monday', jobName: 'x' }], logger })).rejects.toThrow(/cron/i);
  });
});
