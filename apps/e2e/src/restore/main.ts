// The program behind `npm run verify -- restore`.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { anyDiffer, orExplain, out, outComparisons, outSteps, runProgram } from '../verification-program.js';
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
    outSteps(steps);
    outComparisons(findings);
  }
};

const isFailure = (reports: readonly RestoreReport[]): boolean => reports.some(({ findings }) => anyDiffer(findings));

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
