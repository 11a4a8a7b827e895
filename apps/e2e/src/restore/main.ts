// The program behind `npm run verify -- restore`.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { orExplain, out, runProgram } from '../verification-program.js';
import type { RunFolder } from '../verification-program.js';
import { disasters } from './drill-stack.js';
import { runRestore } from './run-restore.js';
import type { RestoreReport } from './run-restore.js';

const USAGE = `node tools/verify-restore.mjs [--lost both|kafka|postgres] [--report FILE] [--keep]

Without --lost, one disaster after the other.
`;

const print = (reports: readonly RestoreReport[]): void => {
  for (const { lost, steps, findings } of reports) {
    out(`\n=== ${lost} lost`);
    for (const { step, seconds } of steps) out(`${seconds.toFixed(1).padStart(7)} s  ${step}`);
    for (const { name, compared, differences } of findings) out(`${differences.length === 0 ? 'holds' : 'FAILS'}  ${name} (${compared})${differences.map((one) => `\n       ${one}`).join('')}`);
  }
};

const isFailure = (reports: readonly RestoreReport[]): boolean => reports.some(({ findings }) => findings.some(({ differences }) => differences.length > 0));

await orExplain(USAGE, async () => {
  const { values } = parseArgs({ options: { lost: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const wanted = disasters.filter((lost) => values.lost === undefined || lost === values.lost);
  if (wanted.length === 0) throw new RangeError(`${values.lost} is none of ${disasters.join(', ')}`);
  const run = async ({ dataDir, ...folder }: RunFolder): Promise<RestoreReport[]> => {
    const reports: RestoreReport[] = [];
    for (const lost of wanted) reports.push(await runRestore({ ...folder, lost, dataDir: join(dataDir, lost) }));
    return reports;
  };
  await runProgram({ name: 'restore', kept: values, run, print, isFailure });
});
