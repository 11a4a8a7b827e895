import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { databaseUrlOf } from './embedded-postgres.js';
import { LocalStackError } from './local-stack-error.js';
import { pickPort } from './ports.js';
import { checkKafkaServes, checkPostgresServes, waitUntilReady } from './readiness.js';
import type { Env, StackEnvironment } from './stack-environment.js';
import type { ServiceName } from './stack-record.js';
import type { ServiceStart, StartedService } from './started-service.js';
import { workspaceRoot } from './workspace-root.js';

const run = promisify(execFile);
const engineTimeoutMs = 2_000;
// The first start pulls the images.
const upTimeoutMs = 10 * 60_000;
const readyTimeoutMs = 60_000;
/** Compose publishes on the loopback address only, so this password, like the file's default, protects nothing. */
const password = 'ratchet';

/** Whether a Docker engine answers within two seconds, with Compose to drive it. */
export async function composeAnswers(env: Env): Promise<boolean> {
  const asks = [['info'], ['compose', 'version']].map((args) =>
    run('docker', args, { env: { ...env }, timeout: engineTimeoutMs, killSignal: 'SIGKILL' }),
  );
  const answers = await Promise.allSettled(asks);
  return answers.every(({ status }) => status === 'fulfilled');
}

/** The Compose project of a data folder: each has containers and volumes of its own. */
export function composeProject(dataDir: string): string {
  return `ratchet-${createHash('sha256').update(dataDir).digest('hex').slice(0, 8)}`;
}

/** The arguments of `docker` for one Compose command on a data folder's project. */
export function composeArguments(input: { dataDir: string; command: readonly string[] }): string[] {
  const file = join(workspaceRoot(), 'docker-compose.yml');
  return ['compose', '--project-name', composeProject(input.dataDir), '--file', file, ...input.command];
}

/** The address of the composed database. */
export function composedDatabaseUrl(port: number): string {
  return databaseUrlOf({ port, password });
}

/**
 * Starts one service of the root `docker-compose.yml`.
 *
 * @param taken ports promised to other services.
 * @throws {LocalStackError} `compose_failed` with what Compose says.
 */
export async function startComposed(
  start: ServiceStart & { service: ServiceName; env: Env; environment: StackEnvironment; taken: Set<number> },
): Promise<StartedService> {
  const { service, dataDir, env, environment, remembered, taken, onProgress, onRecord } = start;
  const variable = service === 'kafka' ? 'RATCHET_KAFKA_PORT' : 'RATCHET_POSTGRES_PORT';
  const configured = service === 'kafka' ? environment.kafkaPort : environment.postgresPort;
  const port = (await publishedPort({ dataDir, service, env })) ?? (await pickPort({ configured, remembered: remembered?.port, variable, taken }));
  onProgress(`Starting ${service} by Docker Compose on port ${port}`);
  const composeEnv = { ...env, [variable]: String(port), RATCHET_POSTGRES_PASSWORD: password };
  const compose = (...command: string[]): Promise<unknown> =>
    run('docker', composeArguments({ dataDir, command }), { env: composeEnv, timeout: upTimeoutMs }).catch(
      (cause: { stderr?: string }) => {
        throw new LocalStackError({
          code: 'compose_failed',
          message: `Docker Compose could not ${command[0]} ${service}. Set RATCHET_STACK=embedded to do without Docker.\n${cause.stderr ?? String(cause)}`,
          cause,
        });
      },
    );
  const record = { mode: 'compose', port, ownerPid: process.pid } as const;
  const stop = async (): Promise<void> => void (await compose('stop', service));
  await compose('up', '--detach', '--wait', service);
  await onRecord(record);
  try {
    await waitUntilReady({
      service,
      check: () =>
        service === 'kafka' ? checkKafkaServes(`127.0.0.1:${port}`) : checkPostgresServes(composedDatabaseUrl(port)),
      timeoutMs: readyTimeoutMs,
      advice: async () => `See its log: docker ${composeArguments({ dataDir, command: ['logs', service] }).join(' ')}`,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { record, stop };
}

/** Stops one composed service; its volume keeps the data. */
export async function stopComposed(input: { dataDir: string; service: ServiceName; env: Env }): Promise<void> {
  const { dataDir, service, env } = input;
  await run('docker', composeArguments({ dataDir, command: ['stop', service] }), { env: { ...env }, timeout: upTimeoutMs }).catch(
    (cause: { stderr?: string }) => {
      const message = `Docker Compose could not stop ${service}. Start Docker and try again.\n${cause.stderr ?? String(cause)}`;
      throw new LocalStackError({ code: 'compose_failed', message, cause });
    },
  );
}

/** The port of a container that runs already, left by a process that was killed: asking for another would replace it. */
async function publishedPort(input: { dataDir: string; service: ServiceName; env: Env }): Promise<number | undefined> {
  const inside = input.service === 'kafka' ? '29092' : '5432';
  const command = ['port', input.service, inside];
  const { stdout } = await run('docker', composeArguments({ dataDir: input.dataDir, command }), {
    env: { ...input.env },
  }).catch(() => ({ stdout: '' }));
  const port = Number(/:(\d+)\s*$/.exec(stdout)?.[1]);
  return Number.isInteger(port) && port > 0 ? port : undefined;
}
