// The program behind `npm run verify -- rollout-kills`.
import { parseArgs } from 'node:util';
import { orExplain, out, runProgram, wholeNumber } from '../verification-program.js';
import { runRolloutKills } from './run-rollout-kills.js';
import type { RolloutKillsReport } from './run-rollout-kills.js';

const USAGE = `node tools/rollout-kills.mjs [options]

  --instances N   controllers that run at once (1)
  --every N       every n-th write of a step only (1)
  --report FILE   the result as JSON
  --keep          leaves the data folder with its logs, and says where it is
`;

const print = ({ seconds, rollouts, kills, writes, repeats, differences }: RolloutKillsReport): void => {
  out('\nwrites of each step');
  for (const [step, list] of Object.entries(writes)) out(`  ${step}: ${list.join(', ')}`);
  const total = Object.values(kills).reduce((sum, { before, after }) => sum + before + after, 0);
  out(`\n${'killed at'.padEnd(32)}${'before'.padStart(8)}${'after'.padStart(8)}`);
  for (const [label, { before, after }] of Object.entries(kills).sort()) out(`${label.padEnd(32)}${String(before).padStart(8)}${String(after).padStart(8)}`);
  out(`\n${total} kills in ${rollouts} scripts, the first of each kind undisturbed; ${seconds} s; ${repeats} events were published twice`);
  out(differences.length === 0 ? 'holds  every script came to the same rows, revisions and events' : `FAILS  ${differences.join('\n       ')}`);
};

await orExplain(USAGE, async () => {
  const { values } = parseArgs({ options: { instances: { type: 'string' }, every: { type: 'string' }, report: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) return out(USAGE);
  const [instances, every] = [wholeNumber(values.instances, 1), wholeNumber(values.every, 1)];
  await runProgram({ name: 'rollout-kills', kept: values, run: (folder) => runRolloutKills({ ...folder, instances, every }), print, isFailure: ({ differences }) => differences.length > 0 });
});
