import { sleep } from '@ratchet/kafka';
import { describeError } from '@ratchet/observability';
import type { Logger } from '@ratchet/observability';
import { Logger as GraphileLogger, makeWorkerUtils, run } from 'graphile-worker';
import type { Runner, Task } from 'graphile-worker';
import type { PoolClient } from 'pg';
import { forgetAllButTheLast } from './catch-up.js';
import { schemaOf } from './database.js';

/** Long work: runs outside any transaction, at least once, again after a crash, with back-off when it throws. */
export interface Job {
  readonly jobName: string;
  /** `stopping` fires when the service stops or no longer leads: a job that then throws is soon run again, and it has not failed. */
  run(payload: unknown, stopping: AbortSignal): Promise<void>;
}

/** A crontab pattern for a job; of all the runs that were missed while the service was down, the last is made up for. */
export interface Cron {
  readonly cronName: string;
  readonly pattern: string;
  readonly jobName: string;
  /** Given to the job. */
  readonly payload?: object;
}

export interface JobRunnerOptions {
  readonly url: string;
  readonly service: string;
  readonly jobs: readonly Job[];
  readonly crons: readonly Cron[];
  readonly logger: Logger;
  /** A job that does not heed `stopping` is left behind after this time (10 s unless given): the next leader gives it free. */
  readonly stopWithinMs?: number;
}

/** What was missed in this time is made up for by one run. */
const CATCH_UP_DAYS = 8;
const DAY_MS = 86_400_000;
const RESTART_AFTER_MS = 1_000;
const STOP_WITHIN_MS = 10_000;
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
export const startJobs = async ({ url, service, jobs, crons, logger, stopWithinMs = STOP_WITHIN_MS }: JobRunnerOptions): Promise<() => Promise<void>> => {
  const schema = jobsSchema(service);
  const lines = crons.map(({ cronName, pattern, jobName, payload }) => ({
    cronName,
    line: `${pattern} ${jobName} ?id=${cronName}&jobKey=${cronName}&fill=${CATCH_UP_DAYS}d${payload === undefined ? '' : ` ${JSON.stringify(payload)}`}`,
  }));
  const stopping = new AbortController();
  const interrupted: Interrupted[] = [];
  const taskList = Object.fromEntries(jobs.map((job) => [job.jobName, taskOf({ job, logger, stopping: stopping.signal, interrupted })]));
  const start = async (): Promise<Runner> => {
    await releaseJobsOfTheDead({ url, schema, logger, beforeAll: (client) => forgetAllButTheLast(client, { schema, crons: lines, nowMs: Date.now(), windowMs: CATCH_UP_DAYS * DAY_MS }) });
    return run({ preset: PRESET, connectionString: url, schema, concurrency: 2, maxPoolSize: 4, pollInterval: 1_000, noHandleSignals: true, logger: quiet(logger), crontab: lines.map(({ line }) => line).join('\n'), taskList });
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
      // A stop that came in between has stopped the one before.
      if (stopping.signal.aborted) await runner?.stop().catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    const ended = Promise.resolve(runner?.stop()).catch(() => undefined).then(() => supervised);
    const isOver = await Promise.race([ended.then(() => true), sleep(stopWithinMs).then(() => false)]);
    if (!isOver) logger.warn('a job goes on after the stop: the next leader will run it again');
    await runAtOnce(url, schema, { interrupted, logger }).catch((error: unknown) => logger.warn('jobs that were interrupted wait a little before they run again', describeError(error)));
  };
};

/** A job that a stop has ended, with the tries that it had before. */
interface Interrupted {
  readonly id: string;
  readonly attempts: number;
}

const taskOf =
  ({ job, logger, stopping, interrupted }: { job: Job; logger: Logger; stopping: AbortSignal; interrupted: Interrupted[] }): Task =>
  async (payload, { job: { id, attempts } }) => {
    try {
      await job.run(payload, stopping);
    } catch (error) {
      if (stopping.aborted) interrupted.push({ id, attempts: attempts - 1 });
      else logger.warn('a job failed and will be tried again', { job: job.jobName, ...describeError(error) });
      throw error;
    }
  };

/** An interruption is no failure: it costs neither a try nor the wait that grows with them. */
const runAtOnce = async (url: string, schema: string, { interrupted, logger }: { interrupted: readonly Interrupted[]; logger: Logger }): Promise<void> => {
  if (interrupted.length === 0) return;
  const utils = await makeWorkerUtils({ connectionString: url, schema, logger: quiet(logger) });
  try {
    // Not by the function of the same name in JavaScript, which takes no tries for no matter.
    const sql = `select from "${schema}".reschedule_jobs(array[$1::bigint], run_at := now(), attempts := $2::int)`;
    await utils.withPgClient(async (client) => {
      for (const { id, attempts } of interrupted) await client.query(sql, [id, attempts]);
    });
  } finally {
    await utils.release();
  }
};

const releaseJobsOfTheDead = async ({ url, schema, logger, beforeAll }: { url: string; schema: string; logger: Logger; beforeAll: (client: PoolClient) => Promise<void> }): Promise<void> => {
  const utils = await makeWorkerUtils({ connectionString: url, schema, logger: quiet(logger) });
  try {
    await utils.withPgClient(beforeAll);
    const held = await utils.withPgClient((client) => client.query<{ locked_by: string }>(`select distinct locked_by from "${schema}".jobs where locked_by is not null`));
    if (held.rows.length > 0) await utils.forceUnlockWorkers(held.rows.map(({ locked_by }) => locked_by));
  } finally {
    await utils.release();
  }
};
