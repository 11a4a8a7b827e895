// The program behind `npm run soak`.
import { parseArgs } from 'node:util';
import { orExplain, out, runProgram, wholeNumber } from '../verification-program.js';
import { runSoak } from './run-soak.js';
import type { SoakReport } from './run-soak.js';
import type { Trend } from './verdict.js';

const USAGE = `npm run soak -- [--minutes N] [--rate N] [--report FILE] [--keep]

The whole product on this machine, for 30 minutes, at half of the requests a second that it takes at most (a ramp of a
minute or two finds them; --rate names others). Exits 1 where memory or lag grows, or anything goes wrong.
`;
const MB = 1_048_576;
const SECONDS_AN_HOUR = 3_600;

const perHour = ({ slope: { estimate, lower, upper } }: Trend, unit: number): string => {
  const [value = '', low = '', high = ''] = [estimate, lower, upper].map((each) => ((each * SECONDS_AN_HOUR) / unit).toFixed(1));
  return `${value.padStart(8)} an hour (95 %: ${low} to ${high})`;
};
const line = (trend: Trend, unit: number): void => out(`  ${trend.of.padEnd(20)} ${(trend.first / unit).toFixed(0).padStart(6)} -> ${(trend.last / unit).toFixed(0).padStart(6)}  ${perHour(trend, unit)}${trend.isGrowing ? '  GROWS' : ''}`);

const print = ({ minutes, rate, maximum, answeredPerSecond, verdict: { heap, resident, lag, problems } }: SoakReport): void => {
  out(`${minutes} minutes at ${rate} requests a second${maximum === undefined ? '' : `, half of the ${maximum} that were taken at most`}: ${answeredPerSecond.toFixed(1)} answered a second`);
  out('heap after collections, MB');
  for (const trend of heap) line(trend, MB);
  out('resident memory from the middle of the run on, MB');
  for (const trend of resident) line(trend, MB);
  out('lag, records');
  for (const trend of lag) line(trend, 1);
  out(problems.length === 0 ? 'flat: memory and lag do not grow, nothing went wrong' : problems.map((problem) => `NOT FLAT: ${problem}`).join('\n'));
};

await orExplain(USAGE, async () => {
  const { values } = parseArgs({ options: { minutes: { type: 'string' }, rate: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const minutes = wholeNumber(values.minutes, 30);
  const rate = values.rate === undefined ? undefined : wholeNumber(values.rate, 1);
  await runProgram({ name: 'soak', kept: values, run: (folder) => runSoak({ ...folder, minutes, ...(rate !== undefined && { rate }) }), print, isFailure: ({ verdict }) => verdict.problems.length > 0 });
});
