import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findJava } from './java.js';
import { provideKafkaJars } from './kafka-jars.js';
import { javaArguments, renderLog4j2, renderServerProperties, type KafkaLayout } from './kafka-config.js';
import { kafkaFilesOf, type KafkaFiles } from './kafka-files.js';
import { fenceAfterCrash } from './kafka-crash-recovery.js';
import { LocalStackError } from './local-stack-error.js';
import { pickPort } from './ports.js';
import { checkKafkaServes, waitUntilReady } from './readiness.js';
import type { Env, StackEnvironment } from './stack-environment.js';
import type { ServiceStart, StartedService } from './started-service.js';
import { serviceEnvironment, startSupervised, tailOf } from './supervised-process.js';

const run = promisify(execFile);
const readyTimeoutMs = 120_000;
const stopTimeoutMs = 20_000;

/** What an embedded Kafka may have beside what every one has. */
export interface KafkaExtras extends Pick<KafkaLayout, 'doors' | 'settings'> {
  /** Users with a password that Kafka keeps itself, as `SCRAM-SHA-256=[name=n,password=p]`; written when the data folder is new. */
  readonly scramUsers?: readonly string[];
  /** More arguments of its virtual machine. */
  readonly jvm?: readonly string[];
}

/**
 * Starts Apache Kafka from its own jars, as one KRaft node that keeps its data in `<dataDir>/kafka`.
 *
 * @param taken ports promised to other services.
 * @throws {LocalStackError} when Java or Maven is missing, or Kafka does not become ready.
 */
export async function startEmbeddedKafka(
  start: ServiceStart & { cacheDir: string; env: Env; environment: StackEnvironment; taken: Set<number>; extras?: KafkaExtras },
): Promise<StartedService> {
  const { dataDir, cacheDir, env, environment, remembered, taken, extras = {}, onProgress, onRecord } = start;
  const files = kafkaFilesOf(dataDir);
  const [java, jars] = await Promise.all([findJava(env), provideKafkaJars({ cacheDir, env, onProgress })]);
  const port = await pickPort({
    configured: environment.kafkaPort,
    remembered: remembered?.port,
    variable: 'RATCHET_KAFKA_PORT',
    taken,
  });
  const controllerPort = await pickPort({
    configured: undefined,
    remembered: remembered?.controllerPort,
    variable: 'RATCHET_KAFKA_PORT',
    taken,
  });
  await mkdir(files.logDir, { recursive: true });
  const layout: KafkaLayout = { port, controllerPort, logDir: files.logDir, reportFile: files.report, doors: extras.doors ?? [], settings: extras.settings ?? {} };
  await writeFile(files.serverProperties, renderServerProperties(layout));
  await writeFile(files.log4j2, renderLog4j2(layout));
  await writeFile(files.console, '');
  const jvm = [...(extras.jvm ?? []), ...javaArguments({ jarFolder: jars.folder, log4j2File: files.log4j2 })];
  await formatOnce({ files, javaCommand: java.command, jvm, env, scramUsers: extras.scramUsers ?? [] });
  await fenceAfterCrash({ files, layout, javaCommand: java.command, jarFolder: jars.folder, env, onProgress });

  await writeFile(files.startedBefore, '');
  onProgress(`Starting Apache Kafka ${jars.version} on port ${port}`);
  const kafka = await startSupervised({
    env,
    order: {
      command: java.command,
      args: [...jvm, 'kafka.Kafka', files.serverProperties],
      cwd: files.folder,
      logFile: files.console,
      stopSignal: 'SIGTERM',
      stopTimeoutMs,
    },
  });
  const record = {
    mode: 'embedded',
    port,
    controllerPort,
    pid: kafka.pid,
    supervisorPid: kafka.supervisorPid,
    marker: files.folder,
  } as const;
  await onRecord(record);
  try {
    await waitUntilReady({
      service: 'Kafka',
      check: () => checkKafkaServes(`127.0.0.1:${port}`),
      timeoutMs: readyTimeoutMs,
      ended: kafka.ended,
      advice: async () => `Its logs are ${files.report} and ${files.console}. The last lines:\n${await lastWords(files)}`,
    });
  } catch (error) {
    await kafka.stop();
    throw error;
  }
  return { record, ended: kafka.ended, stop: kafka.stop, release: kafka.release };
}

async function lastWords(files: KafkaFiles): Promise<string> {
  return [await tailOf(files.console), await tailOf(files.report)].filter((text) => text !== '').join('\n');
}

/** Gives a new log folder its cluster id. One whose format was interrupted is formatted again, with the same id. */
async function formatOnce(input: { files: KafkaFiles; javaCommand: string; jvm: string[]; env: Env; scramUsers: readonly string[] }): Promise<void> {
  const { files, javaCommand, jvm, env, scramUsers } = input;
  const doneFile = join(files.folder, 'formatted');
  if (existsSync(doneFile)) return;
  const idFile = join(files.folder, 'cluster-id');
  const stored = await readFile(idFile, 'utf8').catch(() => '');
  // Kafka's ids are 16 bytes in base64url; one that begins with a dash would look like an option.
  const clusterId = stored.trim() || randomBytes(16).toString('base64url').replace(/^-/, 'A');
  await writeFile(idFile, `${clusterId}\n`);
  const users = scramUsers.flatMap((user) => ['--add-scram', user]);
  const options = ['format', '--ignore-formatted', '--cluster-id', clusterId, '--config', files.serverProperties, ...users];
  await run(javaCommand, [...jvm, 'kafka.tools.StorageTool', ...options], { env: serviceEnvironment(env) }).catch(
    (cause: { stderr?: string }) => {
      throw new LocalStackError({
        code: 'service_failed',
        message: `Kafka could not prepare its data folder ${files.logDir}. If its data may be lost, remove ${files.folder} and start again.\n${cause.stderr ?? ''}`,
        cause,
      });
    },
  );
  await writeFile(doneFile, '');
}
