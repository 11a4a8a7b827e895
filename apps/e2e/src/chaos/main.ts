// The program behind `npm run chaos`.
import { parseArgs } from 'node:util';
import { anyDiffer, orExplain, out, runProgram, wholeNumber } from '../verification-program.js';
import type { RunFolder } from '../verification-program.js';
import { runChaos } from './run-chaos.js';
import type { ChaosReport } from './run-chaos.js';

const USAGE = `npm run chaos -- [options]

  --seed N        what is chosen at random, again (default: today's)
  --kills N       times that each service is killed at least (20)
  --minutes N     over which the kills are spread (15)
  --short         everything once or twice, in two minutes
  --report FILE   the result as JSON
  --keep          leaves the data folder with its logs, and says where it is
`;

const print = ({ kills, interruptions, traffic, loop, comparisons, seconds, seed }: ChaosReport): void => {
  const list = (counts: object): string => Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(', ');
  out(`\nseed ${seed}, ${seconds} s`);
  out(`killed: ${list(kills)}`);
  out(`interrupted: ${list(interruptions)}`);
  out(`traffic: ${list(traffic)}`);
  out(`loop: ${list(loop)}`);
  for (const { name, compared, differences } of comparisons) out(`${differences.length === 0 ? 'equal ' : 'DIFFERS'} ${name} (${compared})${differences.map((difference) => `\n        ${difference}`).join('')}`);
};

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

await orExplain(USAGE, async () => {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, kills: { type: 'string' }, minutes: { type: 'string' }, report: { type: 'string' }, short: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const [seed, kills, minutes] = [wholeNumber(values.seed, Math.floor(Date.now() / 86_400_000)), wholeNumber(values.kills, 20), wholeNumber(values.minutes, 15)];
  const run = (folder: RunFolder): Promise<ChaosReport> => runChaos({ ...folder, seed, kills, minutes, short: values.short === true, stopped: interrupted.signal });
  await runProgram({ name: 'chaos', kept: values, run, print, isFailure: ({ comparisons }) => anyDiffer(comparisons) });
});
