// How soon the choice of strategies learns which fix works for which failures, beside other ways to choose.
// Usage: node bench/simulation.mjs [--cycles N] [--kinds N] [--seeds N] [--delay N]     (build the library first)
import { parseArgs } from 'node:util';
import { shippedStrategies } from '@ratchet/strategies';
import { kernelUcb, linUcb, thompson, uniform } from '../dist/simulation/policies.js';
import { hitShare, regretsOfFixed, simulate, sumOf } from '../dist/simulation/simulate.js';

const { values } = parseArgs({ options: { cycles: { type: 'string', default: '300' }, kinds: { type: 'string', default: '5' }, seeds: { type: 'string', default: '20' }, delay: { type: 'string', default: '10' } } });
const [cycles, kinds, seeds, delay] = [values.cycles, values.kinds, values.seeds, values.delay].map(Number);
// Other worlds than the settings were chosen in (1 to 8).
const FIRST_SEED = 101;
const percent = (share) => `${(share * 100).toFixed(0)} %`;
const meanOf = (numbers) => sumOf(numbers) / numbers.length;
const spread = (numbers) => Math.sqrt(meanOf(numbers.map((value) => (value - meanOf(numbers)) ** 2)) / Math.max(1, numbers.length - 1));

const runs = (policyOf, more = {}) => Array.from({ length: seeds }, (_, i) => FIRST_SEED + i).map((seed) => simulate({ cycles, kinds, delay, seed, ...more }, (strategies) => policyOf(strategies, seed)));
const row = (name, results) => {
  const regrets = results.map(({ regrets: each }) => sumOf(each));
  const share = (from, to) => percent(meanOf(results.map((run) => hitShare(run, Math.floor(from * cycles), Math.floor(to * cycles)))));
  console.log(`| ${name} | ${meanOf(regrets).toFixed(1)} ± ${spread(regrets).toFixed(1)} | ${share(0, 0.2)} | ${share(0.4, 0.6)} | ${share(0.8, 1)} |`);
};

console.log(`${cycles} cycles, ${kinds} kinds of failures, ${seeds} seeds, outcomes known ${delay} cycles later\n\n| how | regret | best taken, first fifth | middle | last fifth |\n| --- | --- | --- | --- | --- |`);
const trained = shippedStrategies.filter(({ fixType }) => fixType === 'training_examples');
row('Thompson sampling, weighted by similarity', runs((all, seed) => thompson(all, seed, '')));
row('Thompson sampling without similarity', runs((all, seed) => thompson(all, seed, '', { bandwidth: Infinity })));
for (const c of [0.1, 0.2, 0.3, 0.5, 1]) row(kernelUcb([], c).name, runs((all) => kernelUcb(all, c)));
for (const alpha of [0.5, 1, 1.5]) row(linUcb([], alpha).name, runs((all) => linUcb(all, alpha)));
const lives = Array.from({ length: seeds }, (_, i) => regretsOfFixed({ cycles, kinds, delay, seed: FIRST_SEED + i }));
const fixed = trained.map(({ strategyId }) => ({ strategyId, regrets: lives.map((life) => life.get(strategyId)) }));
const best = fixed.reduce((leader, other) => (meanOf(other.regrets) < meanOf(leader.regrets) ? other : leader));
console.log(`| always ${best.strategyId} (the best of ${fixed.length} fixed ones) | ${meanOf(best.regrets).toFixed(1)} ± ${spread(best.regrets).toFixed(1)} | | | |`);
row('uniformly random', runs((all, seed) => uniform(all, seed)));

const [before, after] = [300, 300];
console.log(`\n3 kinds; the best strategies change places at cycle ${before}: share of cycles that take the new best, by cycles after the change\n`);
const steps = [0, 50, 100, 150, 200, 250];
console.log(`| half life | before | ${steps.map((step) => `${step} to ${step + 50}`).join(' | ')} | regret after |\n| --- | --- |${steps.map(() => ' --- |').join('')} --- |`);
for (const days of [30, 60, 90, 180, Infinity]) {
  const results = runs((all, seed) => thompson(all, seed, '', { halfLifeMs: days * 86_400_000 }), { kinds: 3, cycles: before + after, changesAt: before });
  const shares = [-50, ...steps].map((step) => percent(meanOf(results.map((run) => hitShare(run, before + step, before + step + 50)))));
  console.log(`| ${days === Infinity ? 'never forgets' : `${days} cycles`} | ${shares.join(' | ')} | ${meanOf(results.map(({ regrets }) => sumOf(regrets.slice(before)))).toFixed(1)} |`);
}

console.log('\nSettings of the chooser\n\n| change | regret | best taken, first fifth | middle | last fifth |\n| --- | --- | --- | --- | --- |');
for (const changed of [{ bandwidth: 0.15 }, { bandwidth: 0.35 }, { evidenceScale: 1 }, { evidenceScale: 8 }, { evidenceScale: 32 }, { priorStrength: 4 }, { priorStrength: 16 }, { priorFirst: 0.35 }, { priorFirst: 0.6 }, { elsewhereWeight: 0 }]) {
  row(Object.entries(changed).map(([name, value]) => `${name} ${value}`).join(', '), runs((all, seed) => thompson(all, seed, '', changed)));
}
