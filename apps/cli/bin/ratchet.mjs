#!/usr/bin/env node
// The entry of `npx ratchet`. It is a committed file, so `npm ci` links it before anything is built; it therefore builds what
// is stale first, and moves to the bundled Node where the system's is too old for the services.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { BuildError, buildStale, projectsOf } from './stale-build.mjs';

const OLDEST_NODE_FOR_SERVICES = 22;
const BUNDLED_NODE_MARK = 'RATCHET_BUNDLED_NODE';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const argv = process.argv.slice(2);
const words = argv.filter((word) => !word.startsWith('-'));
const name = words[0] === 'help' ? words[1] : words[0];
const alreadyMoved = process.env[BUNDLED_NODE_MARK] !== undefined;
// What this process starts must be free to move by itself.
delete process.env[BUNDLED_NODE_MARK];

const fail = (message) => {
  process.stderr.write(`ratchet: ${message}\n`);
  process.exitCode = 2;
};

const runUnderBundledNode = () => {
  const bundled = join(root, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(bundled) || alreadyMoved) {
    fail(`"${name}" needs Node ${OLDEST_NODE_FOR_SERVICES} or newer, and this is ${process.version}; run \`npm ci\` in ${root} to get one.`);
    return;
  }
  const script = fileURLToPath(import.meta.url);
  const env = { ...process.env, [BUNDLED_NODE_MARK]: '1' };
  const child = spawn(bundled, [...process.execArgv, script, ...argv], { stdio: 'inherit', env });
  // A terminal sends its interrupt to both processes; passing it on would look like a second one.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot start ${bundled}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
};

const build = (selection) => buildStale(root, projectsOf(root, { entry: '@ratchet/cli', ...selection }));

const start = async () => {
  await build({ needed: [] });
  const { commandTable } = await import('../dist/command-table.js');
  // Help, and names that do not exist, need nothing but the table.
  const command = Object.hasOwn(commandTable, name ?? '') ? commandTable[name] : { needs: [] };
  if (!command.needs && Number.parseInt(process.versions.node, 10) < OLDEST_NODE_FOR_SERVICES) return runUnderBundledNode();
  await build({ needed: command.needs, services: command.startsServices === true });
  await import('../dist/main.js');
};

try {
  await start();
} catch (error) {
  // A build error explains itself; anything else is a fault whose stack is worth reading.
  fail(error instanceof BuildError ? error.message : (error?.stack ?? String(error)));
}
