// `npm run verify -- compose`: docker-compose.yml as `docker compose config` reads it, by the library behind it, which Go builds. What it may not hold is refused, and all of Ratchet's services are in it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildGo, hasGo } from './go-program.mjs';
import { root } from './run-process.mjs';

const SERVICES = ['analyzer', 'console', 'data-generator', 'evaluator', 'gateway', 'grafana', 'kafka', 'model-server', 'postgres', 'prometheus', 'rollout-controller', 'signal-detector', 'trainer-dispatcher'];

const run = (program, args) => spawnSync(program, args, { cwd: root, encoding: 'utf8' });

/** Gives why it was left out; undefined where all is well. Throws what is wrong. */
export const verifyCompose = (work) => {
  if (!hasGo()) return 'there is no Go here, which builds the reader of Compose files';
  mkdirSync(work, { recursive: true });
  const check = buildGo('compose-check');
  const file = join(root, 'docker-compose.yml');
  const { status, stdout, stderr } = run(check, [file]);
  assert.equal(status, 0, stderr);
  assert.deepEqual(stdout.trim().split(' '), SERVICES);
  const text = readFileSync(file, 'utf8');
  for (const [right, wrong] of [['read_only: true', 'readonly: true'], ['kafka: { condition: service_healthy }', 'kafca: { condition: service_healthy }']]) {
    const broken = join(work, 'broken.yml');
    assert.ok(text.includes(right), right);
    writeFileSync(broken, text.replaceAll(right, wrong));
    assert.notEqual(run(check, [broken]).status, 0, `${wrong} is taken`);
  }
  process.stdout.write(`${SERVICES.length} services, and two wrong files are refused\n`);
  return undefined;
};
