import { describe, expect, it } from '@jest/globals';
import type { Database, Transaction } from '@ratchet/persistence';
import { generationSchedules } from './generate-all.job.js';

const enqueued: string[] = [];
const targets = ['support', 'sales', 'odd name:1'].map((workload) => ({ model: 'm', workload }));
const tx = { query: async () => targets, enqueue: async (job: string, { workload }: { workload: string }) => void enqueued.push(`${job} ${workload}`) } as unknown as Transaction;
const database = { transaction: (work: (open: Transaction) => Promise<unknown>) => work(tx) } as unknown as Database;

describe('generationSchedules', () => {
  it('gives each workload exactly one schedule: its own, or that of all', async () => {
    const { jobs, crons } = generationSchedules({ database, pattern: '0 4 * * 1', byWorkload: { sales: '0 5 * * *', 'odd name:1': '0 6 * * *' } });
    expect(crons.map(({ pattern }) => pattern)).toEqual(['0 4 * * 1', '0 5 * * *', '0 6 * * *']);
    for (const { jobName, cronName } of crons) expect(`${jobName}${cronName}`).toMatch(/^[a-z0-9-]+$/u);
    const byJob: string[][] = [];
    for (const job of jobs) {
      enqueued.length = 0;
      await job.run();
      byJob.push([...enqueued]);
    }
    expect(byJob).toEqual(['support', 'sales', 'odd name:1'].map((workload) => [`generate ${workload}`, `propose-fixes ${workload}`]));
    expect(new Set(jobs.map(({ jobName }) => jobName)).size).toBe(3);
  });
});
