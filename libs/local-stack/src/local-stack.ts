import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { chooseModes, type ServiceMode } from './choose-modes.js';
import { composeAnswers, startComposed } from './compose.js';
import { startEmbeddedKafka } from './embedded-kafka.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { LocalStackError } from './local-stack-error.js';
import { checkPostgresServes, checkSomeBrokerListens, waitUntilReady } from './readiness.js';
import { readStackEnvironment, type Env, type StackEnvironment } from './stack-environment.js';
import { withStackLock } from './stack-lock.js';
import { readRecord, serviceNames, writeRecord, type ServiceName, type ServiceRecord } from './stack-record.js';
import { describeStack, type RunningStack } from './running-stack.js';
import { endProcesses, forgetProcesses, hasOwner, stopService } from './service-processes.js';
import type { ServiceStart, StartedService } from './started-service.js';
import { workspaceRoot } from './workspace-root.js';

const environmentTimeoutMs = 15_000;

/** A stack that this process started, or found running. */
export interface Stack extends RunningStack {
  /** Stops what this process started, and nothing else; waits until no process of it is left. */
  stop(): Promise<void>;
}

/** See {@link startStack}. */
export interface StartStackOptions {
  /** Keeps the data, and what is remembered from start to start; made if absent. */
  readonly dataDir: string;
  /** Told what happens, in whole sentences without a full stop. */
  readonly onProgress?: (step: string) => void;
  /** Instead of `process.env`. */
  readonly env?: Env;
  /** Where fetched programs go that all data folders share; `.ratchet` of the repository unless given. */
  readonly cacheDir?: string;
}

/**
 * Makes sure that a Kafka and a PostgreSQL run for `dataDir`, and waits until both answer. Each comes, on its own, from
 * the environment (`KAFKA_BROKERS`, `DATABASE_URL`), from Docker Compose, or runs embedded. Embedded services end with
 * this process, even if it is killed; what already runs for this data folder is used, and left running.
 *
 * @throws {LocalStackError} saying what to install, set or look at. Nothing that was started is left behind then.
 */
export async function startStack(options: StartStackOptions): Promise<Stack> {
  const { env = process.env, onProgress = () => undefined } = options;
  const dataDir = resolve(options.dataDir);
  if (dataDir.includes(',')) {
    const message = `Kafka takes a comma for the end of a path: choose a data folder without one instead of ${dataDir}.`;
    throw new LocalStackError({ code: 'bad_configuration', message });
  }
  const environment = readStackEnvironment(env);
  await mkdir(dataDir, { recursive: true });
  const cacheDir = resolve(options.cacheDir ?? join(workspaceRoot(), '.ratchet'));
  return withStackLock({
    dataDir,
    onWait: () => onProgress('Waiting for another process that is starting this stack'),
    work: () => startLocked({ dataDir, cacheDir, env, environment, onProgress }),
  });
}

interface Starting {
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly env: Env;
  readonly environment: StackEnvironment;
  readonly onProgress: (step: string) => void;
}

async function startLocked(starting: Starting): Promise<Stack> {
  const { dataDir, env, environment, onProgress } = starting;
  let record = await readRecord(dataDir);
  const previous = { ...record };
  const modes = await chooseModes({
    environment,
    previous: Object.fromEntries(serviceNames.flatMap((name) => (previous[name] ? [[name, previous[name].mode]] : []))),
    askEngine: () => composeAnswers(env),
  });
  // Both services start at once and report to one file, so writes take turns.
  let writing: Promise<void> = Promise.resolve();
  const remember = (name: ServiceName, service: ServiceRecord): Promise<void> => {
    record = { ...record, [name]: service };
    const snapshot = record;
    return (writing = writing.then(() => writeRecord({ dataDir, record: snapshot })));
  };
  const taken = new Set<number>();
  const outcomes = await Promise.allSettled(
    serviceNames.map(async (name) => {
      const startedAt = performance.now();
      const service = await provideService({
        ...starting,
        name,
        mode: modes[name],
        taken,
        remembered: previous[name],
        onRecord: (service) => remember(name, service),
      });
      if (service.record) await remember(name, service.record);
      onProgress(`${titles[name]} is ready (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
      return service;
    }),
  );
  const started = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const stop = stopper({ dataDir, started, onProgress });
  if (failures.length > 0) {
    await stop();
    throw joined(failures);
  }
  started.forEach((service) => service?.release?.());
  return { ...(await describeStack({ dataDir, record, environment })), stop };
}

const titles: Readonly<Record<ServiceName, string>> = { kafka: 'Kafka', postgres: 'PostgreSQL' };

function joined(failures: unknown[]): unknown {
  if (failures.length === 1) return failures[0];
  const messages = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  const first = failures[0];
  const code = first instanceof LocalStackError ? first.code : 'service_failed';
  return new LocalStackError({ code, message: messages.join('\n'), cause: new AggregateError(failures) });
}

async function provideService(
  start: Starting & ServiceStart & { name: ServiceName; mode: ServiceMode; taken: Set<number> },
): Promise<StartedService> {
  const { name, mode, dataDir, env, remembered } = start;
  if (mode === 'environment') return checkEnvironment(start);
  if (remembered && remembered.mode === mode) {
    if (await hasOwner(remembered)) {
      start.onProgress(`${titles[name]} already runs for this data folder`);
      return { record: remembered };
    }
    // A service whose owner and supervisor are both gone: end it, so that it gets an owner again.
    if (mode === 'embedded') await endProcesses(remembered);
  } else if (remembered) {
    await stopService({ dataDir, name, service: remembered, env });
  }
  if (mode === 'compose') return startComposed({ ...start, service: name });
  if (process.platform === 'win32') {
    throw new LocalStackError({
      code: 'unsupported_platform',
      message:
        'The embedded services do not run on Windows itself. Use WSL or Docker Desktop, or set KAFKA_BROKERS and DATABASE_URL.',
    });
  }
  return name === 'kafka' ? startEmbeddedKafka(start) : startEmbeddedPostgres(start);
}

async function checkEnvironment(start: Starting & { name: ServiceName }): Promise<StartedService> {
  const { name, environment } = start;
  const variable = name === 'kafka' ? 'KAFKA_BROKERS' : 'DATABASE_URL';
  await waitUntilReady({
    service: `The ${titles[name]} of ${variable}`,
    check: () =>
      name === 'kafka'
        ? checkSomeBrokerListens(environment.kafkaBrokers ?? [])
        : checkPostgresServes(environment.databaseUrl ?? ''),
    timeoutMs: environmentTimeoutMs,
    advice: async () => `Check ${variable}, or unset it to have ${titles[name]} started here.`,
  });
  return {};
}

function stopper(input: {
  dataDir: string;
  started: readonly (StartedService | undefined)[];
  onProgress: (step: string) => void;
}): () => Promise<void> {
  const { dataDir, started, onProgress } = input;
  let stopping: Promise<void> | undefined;
  started.forEach((service, index) => {
    if (service?.stop === undefined) return;
    const title = titles[serviceNames[index] ?? 'kafka'];
    void service.ended?.then(() => stopping ?? onProgress(`${title} has ended by itself; its log is in ${dataDir}`));
  });
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((service) => service?.stop?.()));
    const record = await readRecord(dataDir);
    // By now the folder may hold another process's stack, which must not be forgotten.
    const ended = serviceNames.filter((name, index) => {
      const mine = started[index];
      const now = record[name];
      return mine?.stop && mine.record?.pid === now?.pid && mine.record?.ownerPid === now?.ownerPid;
    });
    await forgetProcesses({ dataDir, record, names: ended });
  };
  return () => (stopping ??= stop());
}
