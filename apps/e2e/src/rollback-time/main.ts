// The program behind `npm run verify -- rollback-time`.
import { parseArgs } from 'node:util';
import { orExplain, out, runProgram, wholeNumber } from '../verification-program.js';
import type { RollbackTime } from './measure.js';
import { runRollbackTime } from './run-rollback-time.js';

const USAGE = `node tools/rollback-time.mjs [--rounds N] [--report FILE] [--keep]\n`;
/** Share 0 is in the routing topic so long after the evidence at most, and so long after that nobody is given the candidate. */
const ROUTED_MS_MAX = 2_000;
const NOBODY_MS_MAX = 1_000;

// Not "above": a time that could not be measured is no success.
const isLate = (times: readonly RollbackTime[]): boolean => times.some(({ untilRoutedMs, untilNobodyMs }) => !(untilRoutedMs <= ROUTED_MS_MAX && untilNobodyMs <= NOBODY_MS_MAX));

const print = (times: readonly RollbackTime[]): void => {
  const columns = ['fault', 'metric', 'evidence after', 'in the topic after', 'last request after', 'requests after'];
  const rows = times.map((time) => [time.fault, time.metric, `${time.untilEvidenceMs} ms`, `${time.untilRoutedMs} ms`, `${time.untilNobodyMs} ms`, `${time.assignedAfter} of ${time.candidateRequests}`]);
  for (const row of [columns, ...rows]) out(row.map((cell) => cell.padEnd(22)).join(''));
  out(isLate(times) ? `FAILS  more than ${ROUTED_MS_MAX} ms to the topic, or ${NOBODY_MS_MAX} ms from there to the last gateway` : `holds  at most ${ROUTED_MS_MAX} ms to the topic, and ${NOBODY_MS_MAX} ms from there to the last gateway`);
};

await orExplain(USAGE, async () => {
  const { values } = parseArgs({ options: { rounds: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const rounds = wholeNumber(values.rounds, 3);
  await runProgram({ name: 'rollback-time', kept: values, run: (folder) => runRollbackTime({ ...folder, rounds }), print, isFailure: isLate });
});
