// An instance of a service for the integration tests to kill: it stands for election, and runs jobs while it leads. It runs the built
// library, so build it first. Usage: node job.worker.mjs '{"url":...,"service":...,"jobMs":...}'
import { Logger } from '@ratchet/observability';
import { Database, Leader, startJobs } from '../dist/index.js';

const { url, service, jobMs } = JSON.parse(process.argv[2]);
const logger = Logger.create({ service, level: 'warn' });
const say = (text) => process.stdout.write(`${text}\n`);
const database = new Database({ url, service, migrations: [] });
await database.start();

const train = {
  jobName: 'train',
  run: async ({ run }) => {
    say(`begun ${run}`);
    await new Promise((resolve) => setTimeout(resolve, jobMs));
    await database.query('insert into finished (run, pid) values ($1, $2)', [run, process.pid]);
    say(`finished ${run}`);
  },
};
const leader = new Leader({
  url,
  service,
  logger,
  onElected: async () => {
    const stop = await startJobs({ url, service, jobs: [train], crons: [], logger });
    say('leading');
    return stop;
  },
});
leader.start();
say('standing by');
process.on('SIGTERM', () => void leader.stop().then(() => process.exit(0)));
