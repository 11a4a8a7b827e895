// The program behind `npm run verify -- restore`.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { anyDiffer, orExplain, out, outComparisons, outSteps, runProgram } from '../verification-program.js';
import type { RunFolder } from '../verification-program.js';
import { disasters } from './drill-stack.js';
import { backupWays } from './postgres-backup.js';
import { runRestore } from './run-restore.js';
import type { RestoreReport } from './run-restore.js';

const USAGE = `node tools/verify-restore.mjs [--lost both|kafka|postgres] [--backup copy|basebackup|dump] [--report FILE] [--keep]

Without --lost, one disaster after the other. The backup is a copy of the server's files, or made by PostgreSQL's own tools;
these come with an installed PostgreSQL, whose folder RATCHET_POSTGRES_PROGRAMS names, such as /usr/lib/postgresql/17.
`;

const print = (reports: readonly RestoreReport[]): void => {
  for (const { lost, way, steps, findings } of reports) {
    out(`\n=== ${lost} lost, backup by ${way}`);
    outSteps(steps);
    outComparisons(findings);
  }
};

const isFailure = (reports: readonly RestoreReport[]): boolean => reports.some(({ findings }) => anyDiffer(findings));

await orExplain(USAGE, async () => {
  const { values } = parseArgs({ options: { lost: { type: 'string' }, backup: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const wanted = disasters.filter((lost) => values.lost === undefined || lost === values.lost);
  if (wanted.length === 0) throw new RangeError(`${values.lost} is none of ${disasters.join(', ')}`);
  const way = backupWays.find((one) => one === (values.backup ?? 'copy'));
  if (way === undefined) throw new RangeError(`${values.backup} is none of ${backupWays.join(', ')}`);
  const run = async ({ dataDir, ...folder }: RunFolder): Promise<RestoreReport[]> => {
    const reports: RestoreReport[] = [];
    for (const lost of wanted) reports.push(await runRestore({ ...folder, lost, way, dataDir: join(dataDir, lost) }));
    return reports;
  };
  await runProgram({ name: 'restore', kept: values, run, print, isFailure });
});
