// The program behind `npm run verify -- rollback-time`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { RollbackTime } from './measure.js';
import { runRollbackTime } from './run-rollback-time.js';

const USAGE = `node tools/rollback-time.mjs [--rounds N] [--report FILE] [--keep]\n`;
/** Share 0 is in the routing topic so long after the evidence at most, and so long after that nobody is given the candidate. */
const ROUTED_MS_MAX = 2_000;
const NOBODY_MS_MAX = 1_000;

const out = (text: string): void => void process.stdout.write(`${text}\n`);

const print = (times: readonly RollbackTime[]): void => {
  const columns = ['fault', 'metric', 'evidence after', 'in the topic after', 'last request after', 'requests after'];
  const rows = times.map((time) => [time.fault, time.metric, `${time.untilEvidenceMs} ms`, `${time.untilRoutedMs} ms`, `${time.untilNobodyMs} ms`, `${time.assignedAfter} of ${time.candidateRequests}`]);
  for (const row of [columns, ...rows]) out(row.map((cell) => cell.padEnd(26)).join(''));
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { rounds: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const rounds = Number(values.rounds ?? 3);
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`${values.rounds} is not a whole number of at least 1`);
  const dataDir = mkdtempSync(join(tmpdir(), 'ratchet-rollback-time-'));
  const startedAt = Date.now();
  const times = await runRollbackTime({
    root: fileURLToPath(new URL('../../../../', import.meta.url)), dataDir, rounds,
    say: (text) => void process.stderr.write(`${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`),
  }).catch((error: unknown) => {
    process.stderr.write(`the data folder with the logs is ${dataDir}\n`);
    throw error;
  });
  print(times);
  if (values.report) writeFileSync(resolve(values.report), `${JSON.stringify(times, null, 2)}\n`);
  // Not "above": a time that could not be measured is no success.
  const isLate = times.some(({ untilRoutedMs, untilNobodyMs }) => !(untilRoutedMs <= ROUTED_MS_MAX && untilNobodyMs <= NOBODY_MS_MAX));
  out(isLate ? `FAILS  more than ${ROUTED_MS_MAX} ms to the topic, or ${NOBODY_MS_MAX} ms from there to the last gateway` : `holds  at most ${ROUTED_MS_MAX} ms to the topic, and ${NOBODY_MS_MAX} ms from there to the last gateway`);
  if (isLate || values.keep) process.stderr.write(`the data folder with the logs is ${dataDir}\n`);
  else rmSync(dataDir, { recursive: true, force: true });
  process.exit(isLate ? 1 : 0);
};

try {
  await main();
} catch (error) {
  const misused = error instanceof RangeError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${misused ? `${(error as Error).message}\n${USAGE}` : ((error as Error).stack ?? String(error))}\n`);
  process.exit(misused ? 2 : 1);
}
