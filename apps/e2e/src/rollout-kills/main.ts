// The program behind `npm run verify -- rollout-kills`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runRolloutKills } from './run-rollout-kills.js';
import type { RolloutKillsReport } from './run-rollout-kills.js';

const USAGE = `node tools/rollout-kills.mjs [options]

  --instances N   controllers that run at once (1)
  --every N       every n-th write of a step only (1)
  --report FILE   the result as JSON
  --keep          leaves the data folder with its logs, and says where it is
`;

const whole = (text: string | undefined, fallback: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${text} is not a whole number of at least 1`);
  return value;
};

const out = (text: string): void => void process.stdout.write(`${text}\n`);

const print = ({ seconds, rollouts, kills, writes, repeats, differences }: RolloutKillsReport): void => {
  out('\nwrites of each step');
  for (const [step, list] of Object.entries(writes)) out(`  ${step}: ${list.join(', ')}`);
  const total = Object.values(kills).reduce((sum, { before, after }) => sum + before + after, 0);
  out(`\n${'killed at'.padEnd(32)}${'before'.padStart(8)}${'after'.padStart(8)}`);
  for (const [label, { before, after }] of Object.entries(kills).sort()) out(`${label.padEnd(32)}${String(before).padStart(8)}${String(after).padStart(8)}`);
  out(`\n${total} kills in ${rollouts} scripts, the first of each kind undisturbed; ${seconds} s; ${repeats} events were published twice`);
  out(differences.length === 0 ? 'holds  every script came to the same rows, revisions and events' : `FAILS  ${differences.join('\n       ')}`);
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { instances: { type: 'string' }, every: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const [instances, every] = [whole(values.instances, 1), whole(values.every, 1)];
  const dataDir = mkdtempSync(join(tmpdir(), 'ratchet-rollout-kills-'));
  const startedAt = Date.now();
  const report = await runRolloutKills({
    root: fileURLToPath(new URL('../../../../', import.meta.url)), dataDir, instances, every,
    say: (text) => void process.stderr.write(`${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`),
  }).catch((error: unknown) => {
    process.stderr.write(`the data folder with the logs is ${dataDir}\n`);
    throw error;
  });
  print(report);
  if (values.report) writeFileSync(resolve(values.report), `${JSON.stringify(report, null, 2)}\n`);
  if (report.differences.length > 0 || values.keep) process.stderr.write(`the data folder with the logs is ${dataDir}\n`);
  else rmSync(dataDir, { recursive: true, force: true });
  process.exit(report.differences.length > 0 ? 1 : 0);
};

try {
  await main();
} catch (error) {
  const misused = error instanceof RangeError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${misused ? `${(error as Error).message}\n${USAGE}` : ((error as Error).stack ?? String(error))}\n`);
  process.exit(misused ? 2 : 1);
}
