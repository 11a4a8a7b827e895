// The program behind `npm run verify -- hostile`: [--seed N] [--inputs N].
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isClean, runHostile, type HostileReport } from './hostile/run-hostile.js';

const INPUTS = '100000';
const { values } = parseArgs({ options: { seed: { type: 'string' }, inputs: { type: 'string', default: INPUTS } } });
const dataDir = mkdtempSync(join(tmpdir(), 'ratchet-hostile-'));
const startedAt = Date.now();
const say = (text: string): void => void process.stderr.write(`${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`);

const print = ({ seed, inputs, doors, sums, problems }: HostileReport): void => {
  const out = (text: string): void => void process.stdout.write(`${text}\n`);
  out(`seed ${seed}, ${inputs} inputs`);
  for (const [door, counts] of Object.entries(doors)) out(`${door}: ${Object.entries(counts).map(([what, count]) => `${what} ${count}`).join(', ')}`);
  for (const { what, counted, expected } of sums) out(`${counted === expected ? 'equal  ' : 'DIFFERS'} ${what}: ${counted}, expected ${expected}`);
  for (const problem of problems) out(`PROBLEM ${problem}`);
};

let clean = false;
try {
  const report = await runHostile({ root: fileURLToPath(new URL('../../../../', import.meta.url)), dataDir, seed: Number(values.seed ?? Math.floor(Date.now() / 86_400_000)), inputs: Number(values.inputs), say });
  print(report);
  clean = isClean(report);
} catch (error) {
  say((error as Error).stack ?? String(error));
}
if (clean) rmSync(dataDir, { recursive: true, force: true });
else say(`the data folder with the logs is ${dataDir}`);
process.exit(clean ? 0 : 1);
