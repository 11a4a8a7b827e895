// The program behind `npm run verify -- operator`.
import { parseArgs } from 'node:util';
import { orExplain, out, runProgram } from '../verification-program.js';
import { runOperator } from './run-operator.js';
import type { OperatorReport } from './run-operator.js';

const USAGE = `node tools/verify-operator.mjs [--report FILE] [--keep]
`;

const print = ({ steps, findings }: OperatorReport): void => {
  for (const { step, seconds } of steps) out(`${seconds.toFixed(1).padStart(7)} s  ${step}`);
  for (const { name, compared, differences } of findings) out(`${differences.length === 0 ? 'holds' : 'FAILS'}  ${name} (${compared})${differences.map((one) => `\n       ${one}`).join('')}`);
};

await orExplain(USAGE, async () => {
  const { values } = parseArgs({ options: { helm: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const { helm } = values;
  if (helm === undefined) throw new RangeError('--helm names the program Helm');
  await runProgram({ name: 'operator', kept: values, run: (folder) => runOperator({ ...folder, helm }), print, isFailure: ({ findings }) => findings.some(({ differences }) => differences.length > 0) });
});
