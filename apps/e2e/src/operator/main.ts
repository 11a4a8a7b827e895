// The program behind `npm run verify -- operator`.
import { parseArgs } from 'node:util';
import { anyDiffer, orExplain, out, outComparisons, outSteps, runProgram } from '../verification-program.js';
import { runOperator } from './run-operator.js';
import type { OperatorReport } from './run-operator.js';

const USAGE = `node tools/verify-operator.mjs [--report FILE] [--keep]
`;

const print = ({ steps, findings }: OperatorReport): void => {
  outSteps(steps);
  outComparisons(findings);
};

await orExplain(USAGE, async () => {
  const { values } = parseArgs({ options: { helm: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const { helm } = values;
  if (helm === undefined) throw new RangeError('--helm names the program Helm');
  await runProgram({ name: 'operator', kept: values, run: (folder) => runOperator({ ...folder, helm }), print, isFailure: ({ findings }) => anyDiffer(findings) });
});
