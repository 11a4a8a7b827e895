// The program behind `npm run verify -- cycle-kills`.
import { parseArgs } from 'node:util';
import { anyDiffer, orExplain, out, outComparisons, runProgram, wholeNumber } from '../verification-program.js';
import type { RunFolder } from '../verification-program.js';
import { killedServices } from './kill-stack.js';
import { runCycleKills } from './run-cycle-kills.js';
import type { CycleKillsReport } from './run-cycle-kills.js';

const USAGE = `node tools/cycle-kills.mjs [options]

  --kills N       processes that are killed, over as many cycles as it takes (50)
  --seed N        where and who, again (default: today's)
  --report FILE   the result as JSON
  --keep          leaves the data folder with its logs, and says where it is
`;

const print = ({ seed, seconds, cycles, table, kills, repeatedPublications, usual, comparisons }: CycleKillsReport): void => {
  const width = Math.max(...table.map(({ moment }) => moment.length));
  out(`\n${'killed at'.padEnd(width)}${killedServices.map((name) => name.padStart(20)).join('')}`);
  for (const row of table) out(`${row.moment.padEnd(width)}${killedServices.map((name) => String(row.kills[name] ?? '').padStart(20)).join('')}`);
  out(`${'all'.padEnd(width)}${killedServices.map((name) => String(kills[name]).padStart(20)).join('')}`);
  out(`\nseed ${seed}, ${seconds} s, ${cycles} cycles, the first of them undisturbed; ${repeatedPublications} events were published twice`);
  out(`every cycle: ${usual.slice(0, 600)}`);
  outComparisons(comparisons);
};

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

await orExplain(USAGE, async () => {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, kills: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const seed = wholeNumber(values.seed, Math.floor(Date.now() / 86_400_000));
  const kills = wholeNumber(values.kills, 50);
  out(`seed ${seed}`);
  const run = (folder: RunFolder): Promise<CycleKillsReport> => runCycleKills({ ...folder, seed, kills, stopped: interrupted.signal });
  await runProgram({ name: 'cycle-kills', kept: values, run, print, isFailure: ({ comparisons }) => anyDiffer(comparisons) });
});
