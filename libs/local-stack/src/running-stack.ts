import { resolve } from 'node:path';

import type { StackModes } from './choose-modes.js';
import { composedDatabaseUrl } from './compose.js';
import { databaseUrlOf, readPassword } from './embedded-postgres.js';
import { forgetProcesses, isRunning, stopService } from './service-processes.js';
import { readStackEnvironment, type Env, type StackEnvironment } from './stack-environment.js';
import { readRecord, serviceNames, type ServiceName, type ServiceRecord, type StackRecord } from './stack-record.js';

/** Where Kafka and PostgreSQL can be reached. */
export interface RunningStack {
  /** `host:port`. */
  readonly kafkaBrokers: string[];
  /** `postgresql://…`, with the password. */
  readonly databaseUrl: string;
  /** Where each comes from. */
  readonly mode: StackModes;
  /** The process ids of the embedded ones. */
  readonly pids: Partial<Record<ServiceName, number>>;
}

/**
 * The stack of a data folder, whoever started it. What `env` names counts as running, as it does for a start.
 *
 * @returns `undefined` unless both services run.
 */
export async function readRunningStack(dataDir: string, env: Env = process.env): Promise<RunningStack | undefined> {
  const folder = resolve(dataDir);
  const record = await readRecord(folder);
  const environment = readStackEnvironment(env);
  const runs = async (service: ServiceRecord | undefined): Promise<boolean> =>
    service !== undefined && (await isRunning(service));
  const kafkaRuns = environment.kafkaBrokers !== undefined || (await runs(record.kafka));
  const postgresRuns = environment.databaseUrl !== undefined || (await runs(record.postgres));
  return kafkaRuns && postgresRuns ? describeStack({ dataDir: folder, record, environment }) : undefined;
}

/** Puts together what is known of a stack whose services run. */
export async function describeStack(input: {
  dataDir: string;
  record: StackRecord;
  environment: StackEnvironment;
}): Promise<RunningStack> {
  const { dataDir, environment } = input;
  const kafka = environment.kafkaBrokers ? undefined : input.record.kafka;
  const postgres = environment.databaseUrl ? undefined : input.record.postgres;
  return {
    kafkaBrokers: kafka ? [`127.0.0.1:${kafka.port}`] : [...(environment.kafkaBrokers ?? [])],
    databaseUrl: postgres ? await ownDatabaseUrl({ dataDir, postgres }) : (environment.databaseUrl ?? ''),
    mode: { kafka: kafka?.mode ?? 'environment', postgres: postgres?.mode ?? 'environment' },
    pids: {
      ...(kafka?.pid !== undefined && { kafka: kafka.pid }),
      ...(postgres?.pid !== undefined && { postgres: postgres.pid }),
    },
  };
}

async function ownDatabaseUrl({ dataDir, postgres }: { dataDir: string; postgres: ServiceRecord }): Promise<string> {
  const port = postgres.port ?? 0;
  return postgres.mode === 'compose'
    ? composedDatabaseUrl(port)
    : databaseUrlOf({ port, password: (await readPassword(dataDir)) ?? '' });
}

/**
 * Stops the stack of a data folder, whoever started it. What the environment names is never stopped.
 *
 * @returns the services that were running.
 * @throws {LocalStackError} `service_failed` when a process survives being killed.
 */
export async function stopStack(dataDir: string, env: Env = process.env): Promise<ServiceName[]> {
  const folder = resolve(dataDir);
  const record = await readRecord(folder);
  const stopped = await Promise.all(
    serviceNames.map(async (name) => {
      const service = record[name];
      return service && (await stopService({ dataDir: folder, name, service, env })) ? [name] : [];
    }),
  );
  const names = stopped.flat();
  await forgetProcesses({ dataDir: folder, record: await readRecord(folder), names });
  return names;
}
