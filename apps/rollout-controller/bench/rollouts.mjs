// How often whole rollouts are wrong, and how soon they see what is there, by simulation of the controller's own `decide` with its default policy.
// Usage: node bench/rollouts.mjs [--scale 1] [--seed 2026]     (build rollout-controller first; --scale 0.1 makes a tenth of the runs,
// and its bars may be missed by chance).
// Exit 1 where a bar of docs/internals/rollouts.md is missed. The same seed gives the same table.
import { parseArgs } from 'node:util';
import { FORMULA_VERSION } from '../dist/rollout/rollout-policy.js';
import { generatorOf, policyOf, rollOut, watchStage } from './simulated-rollout.mjs';

const { values } = parseArgs({ options: { scale: { type: 'string', default: '1' }, seed: { type: 'string', default: '2026' } } });
const [scale, seed] = [Number(values.scale), Number(values.seed)];
const policy = policyOf();

const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
/** A share with two standard errors; never below those of one case, because none seen is not never. */
const withError = (share, runs) => `${percent(share)} ± ${percent(2 * Math.sqrt(Math.max(share * (1 - share), 1 / runs) / runs))}`;
const shareOf = (endings, is) => endings.filter(is).length / endings.length;
const quantile = (numbers, part) => [...numbers].sort((a, b) => a - b)[Math.ceil(part * numbers.length) - 1];
const atMost = (limit) => ({ text: `<= ${percent(limit, 0)}`, isKept: (value) => value <= limit });
const atLeast = (limit) => ({ text: `>= ${percent(limit, 0)}`, isKept: (value) => value >= limit });
const within = (limit) => ({ text: `<= ${limit}`, isKept: (value) => value <= limit });
const noBar = { text: '', isKept: () => true };

let missed = 0;
let rowNumber = 0;
const print = (cells) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
const row = ({ truth, measure, runs, shown, value, naive = '', bar = noBar }) => {
  const isKept = bar.isKept(value);
  if (!isKept) missed += 1;
  print([truth, measure, runs, shown, naive, `${bar.text}${isKept ? '' : ' MISSED'}`]);
};

/** Every scenario has its own stream, so that one more or fewer changes no other. */
const repeat = (runs, run) => {
  const random = generatorOf(seed + 1_000_003 * (rowNumber += 1));
  return Array.from({ length: Math.max(20, Math.round(runs * scale)) }, () => run(random));
};

print(['the truth', 'measure', 'runs', 'result ± 2 standard errors', 'naive rule rolls back', 'bar']);
print(['---', '---', '---', '---', '---', '---']);

const REAL = { error: 0.01, unsafe: 0.0002, slow: 1 };
const arms = (baseline, candidate, differs = {}) => ({ baseline: { success: baseline, ...REAL }, candidate: { success: candidate, ...REAL, ...differs } });

/** Whole rollouts on 10,000 requests a stage, a day each. */
const wholeRollouts = (name, truth, bars) => {
  const endings = repeat(1000, (random) => rollOut({ random, policy, truth, requestsADay: 10_000, looksADay: 50 }));
  const naive = `${percent(shareOf(endings, (ending) => ending.naive.atAnyLook))}; ${percent(shareOf(endings, (ending) => ending.naive.atStageEnd))} at stages' ends alone`;
  for (const [measure, status] of [['rolled back', 'ROLLED_BACK'], ['promoted', 'PROMOTED'], ['held for a person', 'HELD']]) {
    const value = shareOf(endings, (ending) => ending.status === status);
    row({ truth: name, measure, runs: endings.length, value, shown: withError(value, endings.length), ...(status === 'ROLLED_BACK' && { naive }), bar: bars[status] ?? noBar });
  }
};

const noHarm = { ROLLED_BACK: atMost(0.05), PROMOTED: atLeast(0.9) };
for (const base of [0.85, 0.7, 0.97]) wholeRollouts(`no change, success ${base}`, () => arms(base, base), noHarm);
const drifting = (from, to) => (days) => {
  const success = from + (to - from) * Math.min(1, days / policy.shares.length);
  return arms(success, success);
};
wholeRollouts('no change, success drifts 0.80 to 0.90', drifting(0.8, 0.9), noHarm);
wholeRollouts('no change, success drifts 0.90 to 0.80', drifting(0.9, 0.8), noHarm);
wholeRollouts('worse by exactly the margin, 5 %', () => arms(0.85, 0.95 * 0.85), { PROMOTED: atMost(0.05) });
wholeRollouts('worse by 10 %', () => arms(0.85, 0.9 * 0.85), { ROLLED_BACK: atLeast(0.95), PROMOTED: atMost(0.05) });
wholeRollouts('5 % better', () => arms(0.85, 1.05 * 0.85), noHarm);

const SUCCESS_ONLY = { baseline: { success: 0.85 }, candidate: { success: 0.85 } };
const stage = (runs, options) => repeat(runs, (random) => watchStage({ random, policy, ...options }));

/** The first stage (1 % against the rest of production), looked at after every outcome of the candidate from the 50th on. */
const caughtWithin = (loss, limit, bar) => {
  const truth = () => ({ ...SUCCESS_ONLY, candidate: { success: (1 - loss) * 0.85 } });
  const endings = stage(5000, { truth, candidateMax: limit, isWorthALook: ({ units }) => units >= policy.minTestSample });
  const value = shareOf(endings, ({ rolledBackAt }) => rolledBackAt !== null);
  const naive = percent(shareOf(endings, ({ naiveAt, rolledBackAt }) => naiveAt !== null && naiveAt <= (rolledBackAt ?? limit)));
  row({ truth: `worse by ${percent(loss, 0)}, at 1 % of the traffic`, measure: `caught by outcome ${limit} of the candidate`, runs: endings.length, value, shown: withError(value, endings.length), naive: `${naive} by then`, bar });
};
caughtWithin(0.2, 168, atLeast(0.88));
caughtWithin(0.1, 1319, atLeast(0.88));

/** 1,000 looks in one stage, five outcomes of the candidate apart. */
const thousandLooks = (name, { truth, bars, ...differs }) => {
  const endings = stage(1000, { truth, candidateMax: 5000, isWorthALook: ({ units }) => units % 5 === 0, ...differs });
  const naive = percent(shareOf(endings, ({ naiveAt }) => naiveAt !== null));
  for (const [measure, field] of [['rolled back', 'rolledBackAt'], ['proven', 'advancedAt']]) {
    if (!bars[field]) continue;
    const value = shareOf(endings, (ending) => ending[field] !== null);
    row({ truth: name, measure: `${measure} within 1,000 looks`, runs: endings.length, value, shown: withError(value, endings.length), ...(field === 'rolledBackAt' && { naive }), bar: bars[field] });
  }
};
const atMargin = () => ({ ...SUCCESS_ONLY, candidate: { success: 0.95 * 0.85 } });
const provenAtOnce = policyOf({ shares: [0.5, 1], minSamples: [50, 200], minSoakMs: [0] });
thousandLooks('no change, at 1 %', { truth: () => arms(0.85, 0.85), bars: { rolledBackAt: atMost(0.05) } });
thousandLooks('worse by exactly the margin, at 1 %', { truth: atMargin, bars: { rolledBackAt: atMost(0.05) } });
// With latencies, without which nothing is ever proven.
thousandLooks('worse by exactly the margin, at 50 %', { truth: () => arms(0.85, 0.95 * 0.85), policy: provenAtOnce, bars: { rolledBackAt: atMost(0.05), advancedAt: atMost(0.05) } });

/** Looked at after each unsafe answer, as the controller does. Its naive rule is a rate above the accepted one. */
const unsafeStage = (rate, runs, candidateMax) =>
  stage(runs, {
    truth: () => ({ baseline: { success: 0.85, unsafe: policy.safety.accepted }, candidate: { success: 0.85, unsafe: rate } }),
    candidateMax,
    isWorthALook: ({ wasUnsafe }) => wasUnsafe,
    naiveRule: (_, { candidate }) => candidate.requests >= policy.minTestSample && candidate.unsafe / candidate.requests > policy.safety.accepted,
  });
const acceptable = unsafeStage(policy.safety.accepted, 1000, 20_000);
const falseAlarms = shareOf(acceptable, ({ rolledBackAt }) => rolledBackAt !== null);
row({ truth: 'unsafe answers 0.1 %, as accepted', measure: 'rolled back within 20,000 requests', runs: acceptable.length, value: falseAlarms, shown: withError(falseAlarms, acceptable.length), naive: percent(shareOf(acceptable, ({ naiveAt }) => naiveAt !== null)), bar: atMost(0.05) });

/** How many of the candidate's requests a harm needs, from the first one that it was there in. */
const untilRollback = ({ truth, endings, median = noBar, most = noBar, from = 0 }) => {
  const needed = endings.map(({ rolledBackAt }) => (rolledBackAt === null ? Infinity : rolledBackAt - from));
  for (const [measure, part, bar] of [['median', 0.5, median], ['90 %', 0.9, most]]) {
    row({ truth, measure: `requests until rollback, ${measure}`, runs: endings.length, value: quantile(needed, part), shown: String(quantile(needed, part)), bar });
  }
};
untilRollback({ truth: 'unsafe answers 1 %', endings: unsafeStage(0.01, 1000, 3000), median: within(200) });

const outage = (error, from) => (n) => ({ baseline: { success: 0.85, error: 0.01 }, candidate: { success: 0.85, error: n < from ? 0.01 : error } });
const everyRequest = { isWorthALook: ({ units }) => units >= policy.minTestSample };
untilRollback({ truth: 'errors 1 % to 50 %, from the first request', endings: stage(1000, { truth: outage(0.5, 0), candidateMax: 1000, ...everyRequest }), most: within(60) });
untilRollback({ truth: 'errors 1 % to 50 %, after 500 good requests', endings: stage(500, { truth: outage(0.5, 500), candidateMax: 2000, isWorthALook: ({ units }) => units >= 500 || units % 50 === 0 }), most: within(100), from: 500 });
untilRollback({ truth: 'errors 1 % to 10 %, from the first request', endings: stage(500, { truth: outage(0.1, 0), candidateMax: 3000, ...everyRequest }), most: within(500) });

const slower = (factor) => () => ({ baseline: { success: 0.85, slow: 1 }, candidate: { success: 0.85, slow: factor } });
const everyTen = { isWorthALook: ({ units }) => units % 10 === 0 };
untilRollback({ truth: 'twice as slow', endings: stage(500, { truth: slower(2), candidateMax: 3000, ...everyTen }), most: within(500) });
const slightly = stage(500, { truth: slower(1.2), candidateMax: 3000, ...everyTen });
const tooStrict = shareOf(slightly, ({ rolledBackAt }) => rolledBackAt !== null);
row({ truth: '1.2 times as slow, which is tolerated', measure: 'rolled back within 300 looks', runs: slightly.length, value: tooStrict, shown: withError(tooStrict, slightly.length), bar: atMost(0.05) });

// Shows that the proof, which exactly the margin must not get, can be had.
thousandLooks('no change, at 50 %', { truth: () => arms(0.85, 0.85), policy: provenAtOnce, bars: { rolledBackAt: atMost(0.05), advancedAt: atLeast(0.9) } });

const { user, system } = process.cpuUsage();
process.stdout.write(`\n${FORMULA_VERSION}, seed ${seed}, ${((user + system) / 1e6).toFixed(0)} s of CPU time${missed > 0 ? `, ${missed} MISSED` : ''}\n`);
process.exitCode = missed > 0 ? 1 : 0;
