// How often a sound judge is alarmed about, and how often an unsound one is found, by simulated A/A checks.
// Usage: node bench/aa-checks.mjs [--runs N]     (build the evaluator first; 2,000 runs take some minutes).
// Exit 1 where a promise of docs/concepts/gates.md is not kept, beyond the error of the simulation itself.
import { parseArgs } from 'node:util';
import { aaShares, SOUND } from '../dist/aa/spec-support/simulate-aa.js';

const runs = Number(parseArgs({ options: { runs: { type: 'string', default: '2000' } } }).values.runs);
const errorOf = (share, checks) => 3 * Math.sqrt((share * (1 - share)) / checks);
const atMost = (limit) => ({ text: `<= ${limit * 100} %`, isKept: (share, checks) => share <= limit + errorOf(limit, checks) });
const atLeast = (limit) => ({ text: `>= ${limit * 100} %`, isKept: (share, checks) => share >= limit - errorOf(limit, checks) });
const SCORES = { ...SOUND, slowdown: null };

const rows = [
  ['the same answers twice', { ...SCORES, flips: 0 }, atMost(0)],
  ['10 % of scores flip', SCORES, atMost(0.01)],
  ['20 % of scores flip', { ...SCORES, flips: 0.2 }, atMost(0.01)],
  ['10 % flip, 50 categories', { ...SCORES, categories: 50 }, atMost(0.01)],
  ['10 % flip, 200 items in 4 categories', { ...SCORES, items: 200, categories: 4 }, atMost(0.01)],
  ['10 % flip, 1 % of answers never come', { ...SCORES, faults: 0.01 }, atMost(0.01)],
  ['10 % flip, latencies as noisy as answers', SOUND, atMost(0.01)],
  ['10 % flip, the judge takes 3 points from one side', { ...SCORES, bias: 0.03 }, { text: '', isKept: () => true }],
  ['10 % flip, the judge takes 5 points from one side', { ...SCORES, bias: 0.05 }, atLeast(0.8)],
  ['one side takes 1.2 times as long', { ...SOUND, slowdown: 1.2 }, { text: '', isKept: () => true }],
  ['one side takes 1.5 times as long', { ...SOUND, slowdown: 1.5 }, atLeast(0.99)],
];

process.stdout.write(`${runs} checks a row, of ${SOUND.items} items in ${SOUND.categories} categories where nothing else is said\n\n| the truth | alarm | wanted |\n| --- | --- | --- |\n`);
let broken = 0;
for (const [name, truth, wanted] of rows) {
  // Resampling of latencies is what takes long: its rows have fewer checks.
  const checks = truth.slowdown === null ? runs : Math.ceil(runs / 4);
  const { different } = aaShares({ runs: checks, seed: 2026 }, truth);
  const isKept = wanted.isKept(different, checks);
  if (!isKept) broken += 1;
  process.stdout.write(`| ${name} | ${(different * 100).toFixed(2)} % | ${wanted.text}${isKept ? '' : ' NOT KEPT'} |\n`);
}
process.exit(broken === 0 ? 0 : 1);
