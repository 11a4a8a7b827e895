import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startStack } from '@ratchet/local-stack';
import type { Stack } from '@ratchet/local-stack';
import type { Command } from 'commander';
import { type CommandIo, EXIT, UsageError } from '../command-module.js';
import { consoleTokenOf } from '../stack/console-token.js';
import { encoderFolder } from '../stack/encoder-files.js';
import { Fleet } from '../stack/fleet.js';
import { repositoryRoot } from '../stack/repository-root.js';
import { clearRunning, readRunning, stopLeftovers, writeRunning } from '../stack/running.js';
import { upEnvironment, withoutPassword } from '../stack/up-environment.js';

const POLL_MS = 300;

const addresses = ({ fleet, stack, dataDir, hint }: { fleet: Fleet; stack: Stack; dataDir: string; hint: string }): string =>
  [
    `Gateway (OpenAI base URL)  ${fleet.url('gateway')}/v1`,
    `Console                    ${fleet.url('console')}`,
    `Kafka                      ${stack.kafkaBrokers.join(',')}`,
    `PostgreSQL                 ${withoutPassword(stack.databaseUrl)}`,
    `Logs                       ${join(dataDir, 'logs')}`,
    hint,
  ].join('\n');

const serve = async ({ dataDir, io, stopped }: { dataDir: string; io: CommandIo; stopped: AbortSignal }): Promise<void> => {
  const say = (text: string): void => void io.stderr.write(`${text}\n`);
  const stack = await startStack({ dataDir: join(dataDir, 'stack'), onProgress: say });
  let fleet: Fleet | undefined;
  try {
    if (stopped.aborted) return;
    const encoder = await encoderFolder(say);
    const { token, hint } = consoleTokenOf(dataDir);
    say('starting the services');
    fleet = await Fleet.start({
      root: repositoryRoot(),
      dataDir,
      kafkaBrokers: stack.kafkaBrokers,
      databaseUrl: stack.databaseUrl,
      env: upEnvironment({ dataDir, encoder, consoleToken: token }),
      onSpawned: (spawned) => writeRunning(dataDir, spawned, stack),
      onExit: (service, code) => {
        io.exitCode = EXIT.failed;
        say(`${service} ended unexpectedly (${code === null ? 'by a signal' : `exit code ${code}`}); its log is ${join(dataDir, 'logs', `${service}.log`)}. The others go on; stop with Ctrl-C.`);
      },
    });
    io.stdout.write(`${addresses({ fleet, stack, dataDir, hint })}\n`);
    say('Everything runs. `npx ratchet status` shows how it is; `npx ratchet adopt` puts a first model behind the gateway. Stop with Ctrl-C.');
    while (!stopped.aborted) await wait(POLL_MS);
  } finally {
    say('stopping');
    await fleet?.stop();
    await stack.stop();
    await clearRunning(dataDir);
  }
};

/** `ratchet up`: the local stack and every service, with the settings of production, until it is stopped. */
export const register = (command: Command, io: CommandIo): void => {
  command
    .option('--data-dir <folder>', 'where everything is kept between runs (default .ratchet/up)')
    .addHelpText('after', '\nPrints the addresses, and stays until Ctrl-C. Exit code: 0 stopped in order, 1 a service ended by itself, 2 could not start.')
    .action(async (options: { dataDir?: string }) => {
      const dataDir = resolve(options.dataDir ?? join(repositoryRoot(), '.ratchet', 'up'));
      const running = await readRunning(dataDir);
      if (running) throw new UsageError(`process ${running.ownerPid} already runs everything for ${dataDir}: stop it first, or give another --data-dir`);
      mkdirSync(dataDir, { recursive: true });
      const left = await stopLeftovers(dataDir);
      if (left.length > 0) io.stderr.write(`stopped what an earlier run left behind: ${left.join(', ')}\n`);
      const controller = new AbortController();
      const onSignal = (): void => controller.abort();
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
      await serve({ dataDir, io, stopped: controller.signal });
    });
};
