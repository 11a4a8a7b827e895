// How often each gate is wrong, and how often it sees what is there, by candidates whose truth is known.
// Usage: node bench/error-rates.mjs [--runs N] [--seed N]     (build the library first; 4,000 runs take about five minutes).
// Exit 1 where a promise of docs/concepts/gates.md is not kept, beyond the error of the simulation itself.
import { parseArgs } from 'node:util';
import { judgeCostOf, judgeGeneralOf, judgeHidingOf, judgeLatencyOf, judgeSafetyOf, judgeTargetOf, sharesOf } from '../dist/spec-support/simulate-candidates.js';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '4000' }, seed: { type: 'string', default: '2026' } } });
const [runs, seed] = [Number(values.runs), Number(values.seed)];

const errorOf = (share, candidates) => 3 * Math.sqrt((share * (1 - share)) / candidates);
const atMost = (limit) => ({ text: `<= ${limit * 100} %`, isKept: (share, candidates) => share <= limit + errorOf(limit, candidates) });
const atLeast = (limit) => ({ text: `>= ${limit * 100} %`, isKept: (share, candidates) => share >= limit - errorOf(limit, candidates) });
const toldOnly = { text: '', isKept: () => true };
const passed = ({ passed: share }) => share;
const failed = ({ failed: share }) => share;

const unchanged = (categories, perCategory, flips) => judgeGeneralOf({ categories, perCategory, before: 0.85, after: 0.85, flips });
const worseFirst = (perCategory, flips) => judgeGeneralOf({ categories: 10, perCategory, before: 0.85, after: 0.85, flips, first: { before: 0.85, after: 0.765, flips: Math.max(flips, 0.085) } });
const atFloor = (items, before, flips) => judgeGeneralOf({ categories: 1, perCategory: items, before, after: 0.98 * before, flips: Math.max(flips, 0.02 * before) });

const rows = [
  ['target', '+10 % true, base 0.85, 10 % flips, 500 items', 'passed', passed, atLeast(0.8), judgeTargetOf({ items: 500, before: 0.85, after: 0.935, flips: 0.1 })],
  ['target', '+10 % true, base 0.70, 15 % flips, 800 items', 'passed', passed, atLeast(0.8), judgeTargetOf({ items: 800, before: 0.7, after: 0.77, flips: 0.15 })],
  ...[[0.85, 0.1, 500], [0.7, 0.15, 800], [0.5, 0.3, 100], [0.3, 0.2, 60], [0.1, 0.1, 300]].map(([before, flips, items]) =>
    ['target', `+5 % true, base ${before}, ${flips * 100} % flips, ${items} items`, 'passed', passed, atMost(0.05), judgeTargetOf({ items, before, after: 1.05 * before, flips })]),
  ['target', '+5 points true, base 0.02, 100 items', 'passed', passed, atMost(0.05), judgeTargetOf({ items: 100, before: 0.02, after: 0.07, flips: 0.06 })],
  ['target', '+20 points true, base 0, 50 items', 'passed', passed, toldOnly, judgeTargetOf({ items: 50, before: 1e-9, after: 0.2, flips: 0.2 })],
  ['general', 'unchanged, 10 x 100, 10 % flips', 'failed', failed, atMost(0.05), unchanged(10, 100, 0.1)],
  ['general', 'unchanged, 10 x 500, 10 % flips', 'failed', failed, atMost(0.05), unchanged(10, 500, 0.1)],
  ['general', 'unchanged, 50 x 20, 10 % flips', 'failed', failed, atMost(0.05), unchanged(50, 20, 0.1)],
  ['general', 'unchanged, 10 x 100, 10 % flips', 'passed', passed, toldOnly, unchanged(10, 100, 0.1)],
  ['general', 'unchanged, 10 x 214, 10 % flips', 'passed', passed, atLeast(0.77), unchanged(10, 214, 0.1)],
  ['general', 'unchanged, 10 x 300, 10 % flips', 'passed', passed, toldOnly, unchanged(10, 300, 0.1)],
  ['general', 'unchanged, 6 x 100, 2 % flips', 'passed', passed, toldOnly, unchanged(6, 100, 0.02)],
  ['general', 'unchanged, 2 x 100, no flips', 'passed', passed, toldOnly, unchanged(2, 100, 0)],
  ...[100, 200, 300, 500].map((size) => ['general', `one category of ten 10 % worse, 10 x ${size}, 10 % flips`, 'failed', failed, size >= 500 ? atLeast(0.8) : toldOnly, worseFirst(size, 0.1)]),
  ...[100, 200, 300, 500].map((size) => ['general', `the same, 10 x ${size}`, 'passed', passed, toldOnly, worseFirst(size, 0.1)]),
  ...[[3000, 0.7, 0], [1000, 0.85, 0.02], [2139, 0.85, 0.1], [1000, 0.99, 0], [3000, 0.3, 0.2]].map(([items, before, flips]) =>
    ['general', `2 % worse, base ${before}, ${Math.max(flips * 100, 2 * before).toFixed(1)} % flips, ${items} items`, 'passed', passed, atMost(0.05), atFloor(items, before, flips)]),
  ['general', '2 % worse and hides its losses, 3,000 items', 'passed', passed, atMost(0.05), judgeHidingOf({ categories: 10, perCategory: 300, before: 0.85, after: 0.833, flips: 0.017 })],
  ...[2995, 3400, 10_000].map((items) => ['safety', `99.8 % safe, ${items} items`, 'passed', passed, atMost(0.05), judgeSafetyOf({ items, safe: 0.998 })]),
  ['safety', '99.9 % safe, 2995 items', 'passed', passed, atMost(0.05), judgeSafetyOf({ items: 2995, safe: 0.999 })],
  ['safety', '99.99 % safe, 3400 items', 'passed', passed, toldOnly, judgeSafetyOf({ items: 3400, safe: 0.9999 })],
  ...[100, 300, 1_000].map((items) => ['latency', `1.2 times as slow, ${items} items`, 'passed', passed, atMost(0.05), judgeLatencyOf({ items, ratio: 1.2 })]),
  ['latency', 'as fast, 300 items', 'passed', passed, toldOnly, judgeLatencyOf({ items: 300, ratio: 1 })],
  ...[100, 300, 1_000].map((items) => ['cost', `1.2 times as dear, ${items} items`, 'passed', passed, atMost(0.05), judgeCostOf({ items, ratio: 1.2 })]),
  ['cost', 'as dear, 100 items', 'passed', passed, toldOnly, judgeCostOf({ items: 100, ratio: 1 })],
];

process.stdout.write(`${runs} candidates a row, seed ${seed}\n\n| gate | candidate | verdict | share | wanted |\n| --- | --- | --- | --- | --- |\n`);
let broken = 0;
for (const [gate, candidate, verdict, shareOf, wanted, judgeOne] of rows) {
  // Resampling is what takes long: its rows have fewer runs.
  const candidates = gate === 'latency' ? Math.ceil(runs / 4) : runs;
  const share = shareOf(sharesOf({ runs: candidates, seed }, judgeOne));
  const isKept = wanted.isKept(share, candidates);
  if (!isKept) broken += 1;
  process.stdout.write(`| ${gate} | ${candidate} | ${verdict} | ${(share * 100).toFixed(1)} % | ${wanted.text}${isKept ? '' : ' NOT KEPT'} |\n`);
}
process.stdout.write(broken === 0 ? '\nevery promise is kept\n' : `\n${broken} promises are not kept\n`);
process.exit(broken === 0 ? 0 : 1);
