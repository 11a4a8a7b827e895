import { describe, expect, it } from '@jest/globals';
import type { Database, Transaction } from '@ratchet/persistence';
import { GenerateAllJob, generationCrons } from './generate-all.job.js';

const enqueued: string[] = [];
const targets = ['support', 'sales', 'odd name:1'].map((workload) => ({ model: 'm', workload }));
const tx = { query: async () => targets, enqueue: async (job: string, { workload }: { workload: string }) => void enqueued.push(`${job} ${workload}`) } as unknown as Transaction;
const database = { transaction: (work: (open: Transaction) => Promise<unknown>) => work(tx) } as unknown as Database;

describe('GenerateAllJob', () => {
  it('runs each workload by exactly one schedule: its own, or that of all', async () => {
    const schedule = { GENERATE_CRON: '0 4 * * 1', GENERATE_CRON_WORKLOADS: { sales: '0 5 * * *', 'odd name:1': '0 6 * * *' } };
    const job = new GenerateAllJob(database, schedule);
    const byCron: string[][] = [];
    for (const { jobName, payload = {} } of generationCrons(schedule)) {
      expect(jobName).toBe(job.jobName);
      enqueued.length = 0;
      await job.run(payload);
      byCron.push([...enqueued]);
    }
    expect(byCron).toEqual(['support', 'sales', 'odd name:1'].map((workload) => [`generate ${workload}`, `propose-fixes ${workload}`]));
  });
});
