// The program behind `npm run verify -- recipes`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DoorsStack } from './doors-stack.js';
import { tryRecipes } from './recipes.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'ratchet-recipes-'));
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const stack = new DoorsStack({ root, dataDir, services: ['model-server', 'gateway'], say });
let failed = true;
try {
  await stack.start();
  const page = readFileSync(join(root, 'docs', 'operating', 'connect.md'), 'utf8');
  const outcomes = await tryRecipes({ page, folder: join(dataDir, 'apps'), stack, say });
  for (const { name, problem } of outcomes) process.stdout.write(`${problem === undefined ? 'ok    ' : 'FAILED'} ${name}${problem === undefined ? '' : `: ${problem}`}\n`);
  failed = outcomes.length === 0 || outcomes.some(({ problem }) => problem !== undefined);
} catch (error) {
  say((error as Error).stack ?? String(error));
} finally {
  await stack.stop();
  if (failed) say(`the data folder with the logs is ${dataDir}`);
  else rmSync(dataDir, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
