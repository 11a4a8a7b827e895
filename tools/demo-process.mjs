// A demo that keeps serving when its weeks are over, as a process.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root, whenInterrupted } from './run-process.mjs';

const START_WITHIN_MS = 5 * 60_000;

/** Where a demo's services are, and the token of its console's admin. */
export const runningIn = (folder) => {
  const { kafkaBrokers, services } = JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8'));
  return { brokers: kafkaBrokers, url: services.console.url, gateway: services.gateway.url, token: readFileSync(join(folder, 'console-token'), 'utf8').trim() };
};

/** Asks the console as its admin. */
export const readerOf = (loop) => async (path) => (await fetch(`${loop.url}${path}`, { headers: { authorization: `Bearer ${loop.token}` } })).json();

/**
 * Starts it in a folder of its own; `rate` is in conversations a second. It brings its own Kafka and PostgreSQL unless `env` names others.
 * `said` gives what it wrote until now.
 */
export const startDemo = async (folder, { rate, weeks = 6, env = {} }) => {
  const child = spawn(process.execPath, ['apps/cli/bin/ratchet.mjs', 'demo', '--no-sentences', '--weeks', String(weeks), '--rate', String(rate), '--data-dir', folder], {
    cwd: root, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, KAFKA_BROKERS: '', DATABASE_URL: '', ...env },
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  const stop = () => new Promise((resolve) => (child.exitCode !== null || child.signalCode !== null ? resolve() : (child.once('exit', resolve), child.kill('SIGTERM'))));
  whenInterrupted(stop);
  const until = Date.now() + START_WITHIN_MS;
  while (!said.includes('Console: ')) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`the demo did not start; its logs are in ${folder}`);
    }
    await sleep(500);
  }
  return { ...runningIn(folder), said: () => said, stop };
};
