import { sleep } from '@ratchet/kafka';
import { describeError } from '@ratchet/observability';
import type { Logger } from '@ratchet/observability';
import { Logger as GraphileLogger, makeWorkerUtils, run } from 'graphile-worker';
import type { Runner } from 'graphile-worker';
import { schemaOf } from './database.js';

/** Long work: runs outside any transaction, at least once, again after a crash, with back-off when it throws. */
export interface Job {
  readonly jobName: string;
  run(payload: unknown): Promise<void>;
}

/** A crontab pattern for a job; what was missed while the service was down is caught up once. */
export interface Cron {
  readonly cronName: string;
  readonly pattern: string;
  readonly jobName: string;
}

export interface JobRunnerOptions {
  readonly url: string;
  readonly service: string;
  readonly jobs: readonly Job[];
  readonly crons: readonly Cron[];
  readonly logger: Logger;
}

/** The job key makes one run of all that were missed in this time. */
const CATCH_UP = '8d';
const RESTART_AFTER_MS = 1_000;
/**
 * The runner says by a batch (of what ends at the same moment) that jobs are done: only then does it try again when the database does
 * not answer. By itself it would say so once, and end the process by an unhandled rejection (graphile-worker 0.18.0).
 */
const PRESET = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } };

const quiet = (logger: Logger): GraphileLogger =>
  new GraphileLogger(() => (level, message) => {
    if (level === 'error') logger.error(`jobs: ${message.split('\n')[0]}`);
    else if (level === 'warning') logger.warn(`jobs: ${message}`);
  });

const jobsSchema = (service: string): string => `${schemaOf(service)}_jobs`;

/** Creates or updates the job tables, so that transactions can add jobs before a leader runs them. */
export const prepareJobs = async ({ url, service, logger }: Pick<JobRunnerOptions, 'url' | 'service' | 'logger'>): Promise<void> => {
  const utils = await makeWorkerUtils({ connectionString: url, schema: jobsSchema(service), logger: quiet(logger) });
  try {
    await utils.migrate();
  } finally {
    await utils.release();
  }
};

/**
 * Only the leader may call it: jobs that a dead instance holds are given free, or they would wait for hours.
 *
 * @throws {Error} where a crontab cannot be read, or the database does not answer
 */
export const startJobs = async ({ url, service, jobs, crons, logger }: JobRunnerOptions): Promise<() => Promise<void>> => {
  const schema = jobsSchema(service);
  const crontab = crons.map(({ cronName, pattern, jobName }) => `${pattern} ${jobName} ?id=${cronName}&jobKey=${cronName}&fill=${CATCH_UP}`);
  const taskList = Object.fromEntries(jobs.map((job) => [job.jobName, (payload: unknown) => runJob(job, payload, logger)]));
  const stopping = new AbortController();
  const start = async (): Promise<Runner> => {
    await releaseJobsOfTheDead(url, schema, logger);
    return run({ preset: PRESET, connectionString: url, schema, concurrency: 2, maxPoolSize: 4, pollInterval: 1_000, noHandleSignals: true, logger: quiet(logger), crontab: crontab.join('\n'), taskList });
  };
  let runner: Runner | undefined = await start();
  const supervised = (async () => {
    // Schemas of one database share their notifications: when another service creates its job tables, the runner takes that for
    // a migration of its own tables and ends itself. It also ends when the database goes away. The jobs that it held are free again then.
    while (!stopping.signal.aborted) {
      await runner?.promise.catch((error: unknown) => logger.warn('the job runner ended', describeError(error)));
      await sleep(RESTART_AFTER_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      logger.info('the job runner is started again');
      runner = await start().catch((error: unknown) => {
        logger.warn('the job runner could not be started and will be tried again', describeError(error));
        return undefined;
      });
    }
  })();
  return async () => {
    stopping.abort();
    await runner?.stop().catch(() => undefined);
    await supervised;
  };
};

const runJob = async (job: Job, payload: unknown, logger: Logger): Promise<void> => {
  try {
    await job.run(payload);
  } catch (error) {
    logger.warn('a job failed and will be tried again', { job: job.jobName, ...describeError(error) });
    throw error;
  }
};

const releaseJobsOfTheDead = async (url: string, schema: string, logger: Logger): Promise<void> => {
  const utils = await makeWorkerUtils({ connectionString: url, schema, logger: quiet(logger) });
  try {
    const held = await utils.withPgClient((client) => client.query<{ locked_by: string }>(`select distinct locked_by from "${schema}".jobs where locked_by is not null`));
    if (held.rows.length > 0) await utils.forceUnlockWorkers(held.rows.map(({ locked_by }) => locked_by));
  } finally {
    await utils.release();
  }
};
