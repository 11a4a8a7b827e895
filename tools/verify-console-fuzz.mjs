// The console's whole API walked over by schemathesis (PyPI) on its OpenAPI document, as an admin, on a filled database: `npm run verify -- console-fuzz`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startConsole } from './console-process.mjs';
import { fillConsole, places } from './console-rows.mjs';
import { pythonIn } from './python-venv.mjs';

const SCHEMATHESIS = 'schemathesis==4.32.5';
const MINUTE_MS = 60_000;
/** It never ends. */
const LEFT_OUT = ['/api/live'];
/** They may revoke the walk's own token. */
const LAST = ['/api/access/tokens/{id}', '/api/access/users/{id}', '/api/session'];
/** What must be made by people first: there is nothing to be asked for. */
const NEVER_THERE = ['GET /api/experiments/{id}', 'GET /api/experiments/{id}/series', 'POST /api/alert-channels/{type}/{name}/test', 'POST /api/reports/{kind}/{period}/signatures', 'DELETE /api/access/sessions/{id}'];
/** Not asked: whether all that a schema allows is taken; a report's hash must be one that is there, a period must have ended. */
const CHECKS_LEFT_OUT = ['positive_data_acceptance'];

/** Classes of characters by their properties, which its generator of texts does not know; the console checks them all the same. */
const withoutClasses = (value) => {
  if (Array.isArray(value)) return value.map(withoutClasses);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name, part]) => !(name === 'pattern' && typeof part === 'string' && part.includes('\\p{'))).map(([name, part]) => [name, withoutClasses(part)]));
};

/** An address that is too long is refused as 431, which is not among what it takes for a refusal by itself. */
const config = (withPlaces) =>
  [
    '[checks.negative_data_rejection]', 'expected-statuses = ["4xx"]',
    ...Object.entries(withPlaces ? places : {}).flatMap(([path, parameters]) => ['[[operations]]', `include-path = ${JSON.stringify(path)}`, '[operations.parameters]', ...Object.entries(parameters).map(([name, value]) => `"path.${name}" = ${JSON.stringify(value)}`)]),
  ].join('\n');

/** Throws where a route of what is there never answered more than that it is not. */
const assertAllAnswered = (said) => {
  const [, list = ''] = /repeatedly returned 404 Not Found.*?\n([\s\S]*?)\n=/u.exec(said) ?? [];
  const unanswered = [...list.matchAll(/^ +- ((?:GET|POST|PATCH|DELETE) \S+)/gmu)].map(([, operation]) => operation).filter((operation) => !NEVER_THERE.includes(operation));
  if (unanswered.length > 0) throw new Error(`these were only ever answered by 404: ${unanswered.join(', ')}`);
};

/** Throws where an answer is 5xx or not in the document. `seed` makes a run that found something again. */
export const verifyConsoleFuzz = async (work, { seed = Number(process.env.RATCHET_SEED ?? Date.now() % 1_000_000) } = {}) => {
  const folder = join(work, 'run');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const st = join(dirname(pythonIn(work, [SCHEMATHESIS])), 'st');
  const running = await startConsole({ folder, fill: (database) => fillConsole(database, { scale: 0.01 }) });
  try {
    const document = join(folder, 'openapi.json');
    writeFileSync(document, JSON.stringify(withoutClasses(await running.read('/api/openapi.json'))));
    process.stdout.write(`seed ${seed} (RATCHET_SEED)\n`);
    const walk = (name, withPlaces, ...which) => {
      process.stdout.write(`\n--- ${name}\n`);
      writeFileSync(join(folder, 'schemathesis.toml'), config(withPlaces));
      const args = [
        'run', document, '--url', running.url, '-H', `Authorization: Bearer ${running.token}`, '--phases', 'coverage,fuzzing', '--max-examples', '30', '--seed', String(seed), '--workers', '1', '--continue-on-failure', '--no-color',
        '--suppress-health-check', 'all', '--exclude-checks', CHECKS_LEFT_OUT.join(','), ...which,
      ];
      const { status, stdout } = spawnSync(st, args, { cwd: folder, encoding: 'utf8', timeout: 20 * MINUTE_MS, maxBuffer: 1 << 28 });
      process.stdout.write(stdout);
      if (status !== 0) throw new Error(`${name}: schemathesis ended with ${status}; the console's log is ${join(folder, 'console.log')}`);
      return stdout;
    };
    const others = [...LEFT_OUT, ...LAST].flatMap((path) => ['--exclude-path', path]);
    for (const [name, withPlaces] of [['with ids that are mostly not there', false], ['with ids that are there', true]]) {
      const said = walk(name, withPlaces, ...others);
      // A console that refuses all of it would answer within its document, too.
      if (said.includes('Authentication failed')) throw new Error(`${name}: some routes were never let in`);
      const caller = await running.read('/api/caller');
      if (caller.role !== 'admin') throw new Error(`${name}: the walk has lost its rights: ${JSON.stringify(caller)}`);
      if (withPlaces) assertAllAnswered(said);
    }
    walk('what may end the walk itself', false, ...LAST.flatMap((path) => ['--include-path', path]));
  } finally {
    await running.stop();
  }
};
