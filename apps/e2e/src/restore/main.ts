// The program behind `npm run verify -- restore`.
import { parseArgs } from 'node:util';
import { orExplain, out, runProgram } from '../verification-program.js';
import { runRestore } from './run-restore.js';
import type { RestoreReport } from './run-restore.js';

const USAGE = `node tools/verify-restore.mjs [--report FILE] [--keep]\n`;

const print = ({ steps, findings }: RestoreReport): void => {
  for (const { step, seconds } of steps) out(`${seconds.toFixed(1).padStart(7)} s  ${step}`);
  for (const { name, compared, differences } of findings) out(`${differences.length === 0 ? 'holds' : 'FAILS'}  ${name} (${compared})${differences.map((one) => `\n       ${one}`).join('')}`);
};

await orExplain(USAGE, async () => {
  const { values } = parseArgs({ options: { report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  await runProgram({ name: 'restore', kept: values, run: runRestore, print, isFailure: ({ findings }) => findings.some(({ differences }) => differences.length > 0) });
});
