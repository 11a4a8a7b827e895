// The program behind `npm run verify -- cycle-kills`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { killedServices } from './kill-stack.js';
import { runCycleKills } from './run-cycle-kills.js';
import type { CycleKillsReport } from './run-cycle-kills.js';

const USAGE = `node tools/cycle-kills.mjs [options]

  --kills N       processes that are killed, over as many cycles as it takes (50)
  --seed N        where and who, again (default: today's)
  --report FILE   the result as JSON
  --keep          leaves the data folder with its logs, and says where it is
`;

const whole = (text: string | undefined, fallback: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${text} is not a whole number of at least 1`);
  return value;
};

const out = (text: string): void => void process.stdout.write(`${text}\n`);

const print = ({ seed, seconds, cycles, table, kills, repeatedPublications, usual, comparisons }: CycleKillsReport): void => {
  const width = Math.max(...table.map(({ moment }) => moment.length));
  out(`\n${'killed at'.padEnd(width)}${killedServices.map((name) => name.padStart(20)).join('')}`);
  for (const row of table) out(`${row.moment.padEnd(width)}${killedServices.map((name) => String(row.kills[name] ?? '').padStart(20)).join('')}`);
  out(`${'all'.padEnd(width)}${killedServices.map((name) => String(kills[name]).padStart(20)).join('')}`);
  out(`\nseed ${seed}, ${seconds} s, ${cycles} cycles, the first of them undisturbed; ${repeatedPublications} events were published twice`);
  out(`every cycle: ${usual.slice(0, 600)}`);
  for (const { name, compared, differences } of comparisons) out(`${differences.length === 0 ? 'holds ' : 'FAILS '} ${name} (${compared})${differences.map((difference) => `\n        ${difference}`).join('')}`);
};

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, kills: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const seed = whole(values.seed, Math.floor(Date.now() / 86_400_000));
  const kills = whole(values.kills, 50);
  const dataDir = mkdtempSync(join(tmpdir(), 'ratchet-cycle-kills-'));
  const startedAt = Date.now();
  out(`seed ${seed}`);
  const report = await runCycleKills({
    root: fileURLToPath(new URL('../../../../', import.meta.url)), dataDir, seed, kills, stopped: interrupted.signal,
    say: (text) => void process.stderr.write(`${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`),
  }).catch((error: unknown) => {
    process.stderr.write(`the data folder with the logs is ${dataDir}\n`);
    throw error;
  });
  print(report);
  if (values.report) writeFileSync(resolve(values.report), `${JSON.stringify(report, null, 2)}\n`);
  const failed = report.comparisons.some(({ differences }) => differences.length > 0);
  if (failed || values.keep) process.stderr.write(`the data folder with the logs is ${dataDir}\n`);
  else rmSync(dataDir, { recursive: true, force: true });
  process.exit(failed ? 1 : 0);
};

try {
  await main();
} catch (error) {
  const misused = error instanceof RangeError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${misused ? `${(error as Error).message}\n${USAGE}` : ((error as Error).stack ?? String(error))}\n`);
  process.exit(misused ? 2 : 1);
}
