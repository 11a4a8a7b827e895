// The program behind `npm run chaos`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runChaos, writeReport } from './run-chaos.js';
import type { ChaosReport } from './run-chaos.js';

const USAGE = `npm run chaos -- [options]

  --seed N        what is chosen at random, again (default: today's)
  --kills N       times that each service is killed at least (20)
  --minutes N     over which the kills are spread (15)
  --short         everything once or twice, in two minutes
  --report FILE   the result as JSON
  --keep          leaves the data folder with its logs, and says where it is
`;

const whole = (text: string | undefined, fallback: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${text} is not a whole number of at least 1`);
  return value;
};

const print = ({ kills, interruptions, traffic, loop, comparisons, seconds, seed }: ChaosReport): void => {
  const out = (text: string): void => void process.stdout.write(`${text}\n`);
  const list = (counts: object): string => Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(', ');
  out(`\nseed ${seed}, ${seconds} s`);
  out(`killed: ${list(kills)}`);
  out(`interrupted: ${list(interruptions)}`);
  out(`traffic: ${list(traffic)}`);
  out(`loop: ${list(loop)}`);
  for (const { name, compared, differences } of comparisons) out(`${differences.length === 0 ? 'equal ' : 'DIFFERS'} ${name} (${compared})${differences.map((difference) => `\n        ${difference}`).join('')}`);
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, kills: { type: 'string' }, minutes: { type: 'string' }, report: { type: 'string' }, short: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return void process.stdout.write(USAGE);
  const dataDir = mkdtempSync(join(tmpdir(), 'ratchet-chaos-'));
  const startedAt = Date.now();
  const report = await runChaos({
    root: fileURLToPath(new URL('../../../../', import.meta.url)),
    dataDir,
    seed: whole(values.seed, Math.floor(Date.now() / 86_400_000)),
    kills: whole(values.kills, 20),
    minutes: whole(values.minutes, 15),
    short: values.short === true,
    stopped: interrupted.signal,
    say: (text) => void process.stderr.write(`${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`),
  }).catch((error: unknown) => {
    process.stderr.write(`the data folder with the logs is ${dataDir}\n`);
    throw error;
  });
  print(report);
  if (values.report) writeReport(resolve(values.report), report);
  const failed = report.comparisons.some(({ differences }) => differences.length > 0);
  if (failed || values.keep) process.stderr.write(`the data folder with the logs is ${dataDir}\n`);
  else rmSync(dataDir, { recursive: true, force: true });
  process.exit(failed ? 1 : 0);
};

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof RangeError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ? `${(error as Error).message}\n${USAGE}` : ((error as Error).stack ?? String(error))}\n`);
  process.exit(error instanceof RangeError ? 2 : 1);
}
