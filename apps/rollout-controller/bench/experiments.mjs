// What an experiment's verdicts are worth: simulated, through the very decisions of the service.
// Usage: node bench/experiments.mjs [--runs N]     (build the rollout-controller first). Exit 1 where a promise of
// docs/concepts/experiments.md is not kept, beyond the error of the simulation itself.
import { parseArgs } from 'node:util';
import { unitsFor, verdictShares } from '../dist/experiment/spec-support/simulate-experiment.js';

const runs = Number(parseArgs({ options: { runs: { type: 'string', default: '1000' } } }).values.runs);
const errorOf = (share) => 3 * Math.sqrt((share * (1 - share)) / runs);
const atMost = (limit) => ({ text: `<= ${limit * 100} %`, isKept: (share) => share <= limit + errorOf(limit) });
const atLeast = (limit) => ({ text: `>= ${limit * 100} %`, isKept: (share) => share >= limit - errorOf(limit) });

const settings = { share: 0.5, controlShare: 0.5, alpha: 0.05, margin: 0.05, onWin: 'keep' };
const same = { control: 0.85, treatment: 0.85 };
const better = { control: 0.85, treatment: 0.9 };
const fixed = (unitsPerArm, looks, differs = {}) => ({ settings: { ...settings, ...differs, plan: { type: 'fixed', unitsPerArm, looks } }, unitsALook: Math.ceil((2 * unitsPerArm) / 100), looksMax: 1000 });
const open = (differs = {}) => ({ settings: { ...settings, plan: { type: 'open' }, ...differs }, unitsALook: 20, looksMax: 1000 });
const designed = unitsFor(better, { alpha: 0.05, power: 0.8 });

const winner = ({ winners }) => winners;
const treatment = ({ share }) => share('treatment_wins');
const rows = [
  ['fixed, 5 looks, no difference: a winner', fixed(1000, 5), same, winner, atMost(0.05)],
  ['the same, arms drawn at random', fixed(1000, 5), { ...same, drawn: true }, winner, atMost(0.05)],
  ['fixed, 20 looks, no difference: a winner', fixed(1000, 20), same, winner, atMost(0.05)],
  ['fixed, 5 looks, shares 10 % and 90 %: a winner', fixed(500, 5, { share: 0.1, controlShare: 0.9 }), same, winner, atMost(0.05)],
  ['fixed, 5 looks, 97 % succeed: a winner', fixed(1000, 5), { control: 0.97, treatment: 0.97 }, winner, atMost(0.05)],
  ['fixed, 5 looks, a covariate (r = 0.3): a winner', fixed(1000, 5), { control: 0.8, treatment: 0.8, correlation: 0.3 }, winner, atMost(0.05)],
  ['open, 1,000 looks, no difference: a winner', open({ margin: 0.001 }), same, winner, atMost(0.05)],
  ['open, 1,000 looks, 97 % succeed: a winner', open({ margin: 0.001 }), { control: 0.97, treatment: 0.97 }, winner, atMost(0.05)],
  [`fixed, 5 looks, ${designed} an arm, 85 against 90 %: treatment`, fixed(designed, 5), better, treatment, atLeast(0.77)],
  ['the same with a covariate (r = 0.25): treatment', fixed(designed, 5), { ...better, correlation: 0.25 }, treatment, atLeast(0.77)],
  ['open, up to 20,000 units, 85 against 90 %: treatment', open(), better, treatment, atLeast(0.95)],
  ['a worse treatment, 85 against 80 %, never wins', fixed(1000, 5), { control: 0.85, treatment: 0.8 }, treatment, atMost(0.001)],
  ['30 % of the treatment is lost, 85 against 95 %: a winner', fixed(1000, 5), { control: 0.85, treatment: 0.95, lost: 0.3 }, winner, { text: '', isKept: () => true }],
  ['half of the treatment is lost, 85 against 95 %: a winner', fixed(1000, 5), { control: 0.85, treatment: 0.95, lost: 0.5 }, winner, atMost(0.001)],
  ['equal arms, 5,000 each: no difference', fixed(5000, 5), same, ({ share }) => share('no_difference'), atLeast(0.9)],
];

process.stdout.write(`${runs} experiments a row\n\n| what | seen | wanted | mean units |\n| --- | --- | --- | --- |\n`);
let broken = 0;
for (const [i, [name, procedure, truth, of, wanted]] of rows.entries()) {
  const result = verdictShares({ runs, seed: 100 + i }, procedure, truth);
  const isKept = wanted.isKept(of(result));
  if (!isKept) broken += 1;
  process.stdout.write(`| ${name} | ${(100 * of(result)).toFixed(2)} % | ${wanted.text}${isKept ? '' : ' NOT KEPT'} | ${Math.round(result.meanUnits)} |\n`);
}
process.stdout.write(`\n${(process.cpuUsage().user / 1e6).toFixed(0)} s of processor time\n`);
process.exit(broken === 0 ? 0 : 1);
