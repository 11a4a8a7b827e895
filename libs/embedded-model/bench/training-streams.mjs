// Measures the recipes on streams of five updates: `RATCHET_DATA_DIR=<folder> node bench/training-streams.mjs [ci|bk|dd|joint|confidence ...] [--only recipe,...]`.
// Needs a build (`tsc -p tsconfig.build.json`) and the public sets clinc150.jsonl and banking77.jsonl in that folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedModel, recipes, train } from '../dist/index.js';
import { seededRandom, shuffled } from '../dist/random.js';

const folder = process.env.RATCHET_DATA_DIR;
if (!folder) {
  console.error('Set RATCHET_DATA_DIR to the folder with clinc150.jsonl and banking77.jsonl.');
  process.exit(2);
}
const SEED = Number(process.env.SEED ?? 1);
const WEEKS = 5;
const BANKING_TEST_SHARE = 0.25;
const read = (name) => readFileSync(join(folder, name), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const example = ({ text, intent, domain }) => ({ input: text, output: intent, category: domain });
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const percent = (share) => (100 * share).toFixed(1);
const cpuSeconds = (start) => process.cpuUsage(start).user / 1e6;
const byIntent = (rows) => Map.groupBy(rows, ({ intent }) => intent);

const clinc = read('clinc150.jsonl');
const clincKnown = clinc.filter(({ intent }) => intent !== 'oos');
const banking = [...byIntent(read('banking77.jsonl')).values()].flatMap((rows) =>
  shuffled(rows, seededRandom(77)).map((row, i, all) => ({ ...row, split: i < all.length * BANKING_TEST_SHARE ? 'val' : 'train' })));
const part = (rows, split) => rows.filter((row) => row.split === split);

function accuracy(model, rows) {
  return mean(rows.map(({ text, intent }) => (model.predict(text).output === intent ? 1 : 0)));
}

const { gentle, fast, article } = recipes;
const variants = {
  'no replay, no EWC, lr x0.1, 1 epoch': { ...article, retentionRatio: 0, ewcLambda: 0 },
  article,
  'article, lambda 3e2': { ...article, ewcLambda: 3e2 },
  fast,
  'fast without EWC': { ...fast, ewcLambda: 0 },
  'fast without LA': { ...fast, logitAdjustment: false },
  'fast without both': { ...fast, ewcLambda: 0, logitAdjustment: false },
  gentle,
  'gentle without EWC': { ...gentle, ewcLambda: 0 },
  'gentle without LA': { ...gentle, logitAdjustment: false },
  'gentle without replay': { ...gentle, retentionRatio: 0 },
  full: recipes.full,
};

/** Each stream: base rows, and per week new rows, target intents, and a name for each test row's gate category. */
function ciStream() {
  const domains = shuffled([...new Set(clincKnown.map(({ domain }) => domain))], seededRandom(SEED));
  const base = new Set(domains.slice(0, 5));
  return {
    test: part(clincKnown, 'val'),
    base: part(clincKnown, 'train').filter(({ domain }) => base.has(domain)),
    weeks: domains.slice(5).map((domain) => takePerIntent(part(clincKnown, 'train').filter((row) => row.domain === domain), 50)),
    category: ({ domain }) => domain,
  };
}

function bkStream() {
  const intents = shuffled([...byIntent(banking).keys()], seededRandom(SEED));
  const groupOf = new Map(intents.map((intent, i) => [intent, i < 42 ? `base ${i % 3}` : `week ${Math.floor((i - 42) / 7)}`]));
  const trainRows = part(banking, 'train');
  return {
    test: part(banking, 'val'),
    base: trainRows.filter(({ intent }) => groupOf.get(intent).startsWith('base')),
    weeks: Array.from({ length: WEEKS }, (_, week) => takePerIntent(trainRows.filter(({ intent }) => groupOf.get(intent) === `week ${week}`), 50)),
    category: ({ intent }) => groupOf.get(intent),
  };
}

function ddStream() {
  const intents = shuffled([...byIntent(clincKnown).keys()], seededRandom(SEED));
  const weekOf = new Map(intents.slice(0, 50).map((intent, i) => [intent, i % WEEKS]));
  const groups = [...byIntent(part(clincKnown, 'train')).values()];
  return {
    test: part(clincKnown, 'val'),
    base: groups.flatMap((rows) => rows.slice(0, weekOf.has(rows[0].intent) ? 5 : 100)),
    weeks: Array.from({ length: WEEKS }, (_, week) => groups.filter(([row]) => weekOf.get(row.intent) === week).flatMap((rows) => rows.slice(5, 55))),
    category: ({ domain }) => domain,
  };
}

function takePerIntent(rows, count) {
  return [...byIntent(rows).values()].flatMap((group) => group.slice(0, count));
}

function runStream(stream, recipe) {
  const start = baseOf(stream);
  const seen = new Set(stream.base.map(({ intent }) => intent));
  const learnt = [{ rows: stream.test.filter(({ intent }) => seen.has(intent)), before: 0 }];
  learnt[0].before = accuracy(new EmbeddedModel(start), learnt[0].rows);
  const out = { before: [], after: [], all: [], lowest: 1, passed: 0, cpu: [] };
  let base = start;
  const history = [...stream.base];
  for (const rows of stream.weeks) {
    const targets = new Set(rows.map(({ intent }) => intent));
    const old = new EmbeddedModel(base);
    const kept = stream.test.filter(({ intent }) => seen.has(intent) && !targets.has(intent));
    const target = stream.test.filter(({ intent }) => targets.has(intent));
    history.push(...rows);
    const startedAt = process.cpuUsage();
    base = recipe.start === 'fresh'
      ? train({ examples: history.map(example), recipe, seed: SEED })
      : train({ examples: rows.map(example), base, recipe, seed: SEED });
    out.cpu.push(cpuSeconds(startedAt));
    const model = new EmbeddedModel(base);
    const ratios = [...Map.groupBy(kept, stream.category).values()]
      .filter((group) => group.length >= 100)
      .map((group) => accuracy(model, group) / accuracy(old, group));
    const [before, after] = [accuracy(old, target), accuracy(model, target)];
    for (const intent of targets) seen.add(intent);
    out.before.push(before);
    out.after.push(after);
    out.all.push(accuracy(model, stream.test.filter(({ intent }) => seen.has(intent))));
    out.lowest = Math.min(out.lowest, ...ratios.filter(Number.isFinite));
    if (after >= before + 0.05 && ratios.every((ratio) => ratio >= 0.98)) out.passed += 1;
    learnt.push({ rows: target, before: after });
  }
  const last = new EmbeddedModel(base);
  out.forgetting = mean(learnt.slice(0, -1).map(({ rows, before }) => before - accuracy(last, rows)));
  return out;
}

const bases = new Map();
function baseOf(stream) {
  const key = stream.base.length + stream.base[0].intent;
  if (!bases.has(key)) bases.set(key, train({ examples: stream.base.map(example), seed: SEED }));
  return bases.get(key);
}

function printStream(name, stream, only) {
  console.log(`\n## ${name}: base ${stream.base.length} rows, weeks of ${stream.weeks.map((rows) => rows.length)}; test ${stream.test.length}\n`);
  console.log('| recipe | target before -> after | all seen after week 5 | average incremental | forgetting | lowest category | weeks passing | CPU s a week |\n|---|---|---|---|---|---|---|---|');
  for (const [label, recipe] of Object.entries(variants)) {
    if (only && !only.includes(label)) continue;
    const r = runStream(stream, recipe);
    console.log(`| ${label} | ${percent(mean(r.before))} -> ${percent(mean(r.after))} | ${percent(r.all.at(-1))} | ${percent(mean(r.all))} | ${percent(r.forgetting)} | ${percent(r.lowest)} | ${r.passed} of ${WEEKS} | ${mean(r.cpu).toFixed(2)} |`);
  }
}

function joint() {
  for (const [name, rows] of [['CLINC150', clincKnown], ['Banking77', banking]]) {
    const startedAt = process.cpuUsage();
    const model = new EmbeddedModel(train({ examples: part(rows, 'train').map(example), seed: SEED }));
    console.log(`joint ${name}: ${percent(accuracy(model, part(rows, 'val')))} % (${part(rows, 'train').length} train, ${part(rows, 'val').length} test, ${cpuSeconds(startedAt).toFixed(1)} CPU s)`);
  }
}

function auroc(positives, negatives) {
  const all = [...positives.map((value) => ({ value, positive: true })), ...negatives.map((value) => ({ value, positive: false }))].sort((a, b) => a.value - b.value);
  let rankSum = 0;
  all.forEach(({ positive }, i) => (rankSum += positive ? i + 1 : 0));
  return (rankSum - (positives.length * (positives.length + 1)) / 2) / (positives.length * negatives.length);
}

function confidence() {
  const { base: known, test } = ciStream();
  const names = new Set(known.map(({ intent }) => intent));
  const unknown = part(clinc, 'train').filter(({ intent }) => intent === 'oos');
  const model = new EmbeddedModel(train({ examples: [...known, ...unknown].map(example), seed: SEED }));
  // Knowing is the probability of the best answer unless the model says outright that the text is not its business.
  const knows = ({ text }) => model.predict(text);
  const score = (p) => (p.category === 'oos' ? 1 - p.confidence - 1 : p.confidence);
  const inScope = test.filter(({ intent }) => names.has(intent)).map(knows);
  const right = test.filter(({ intent }) => names.has(intent)).map((row) => model.predict(row.text).output === row.intent);
  const fresh = test.filter(({ intent }) => !names.has(intent)).map(knows);
  const oos = part(clinc, 'val').filter(({ intent }) => intent === 'oos').map(knows);
  const flagged = (list) => percent(mean(list.map(({ abstained }) => (abstained ? 1 : 0))));
  console.log(`confidence: AUROC known vs new intent ${auroc(inScope.map(score), fresh.map(score)).toFixed(3)}, vs out of scope ${auroc(inScope.map(score), oos.map(score)).toFixed(3)}, ` +
    `right vs wrong ${auroc(inScope.filter((_, i) => right[i]).map(score), inScope.filter((_, i) => !right[i]).map(score)).toFixed(3)}; ` +
    `flagged: known ${flagged(inScope)} %, new intents ${flagged(fresh)} %, out of scope ${flagged(oos)} %; threshold ${model.threshold.toFixed(3)}`);
}

const args = process.argv.slice(2);
const onlyAt = args.indexOf('--only');
const only = onlyAt < 0 ? null : args.splice(onlyAt, 2)[1].split(',');
const chosen = args.length === 0 ? ['joint', 'confidence', 'ci', 'bk', 'dd'] : args;
if (chosen.includes('joint')) joint();
if (chosen.includes('confidence')) confidence();
if (chosen.includes('ci')) printStream('ci: CLINC150, 75 intents, then a domain of 15 new ones a week', ciStream(), only);
if (chosen.includes('bk')) printStream('bk: Banking77, 42 intents, then 7 new ones a week', bkStream(), only);
if (chosen.includes('dd')) printStream('dd: CLINC150, all known, 50 of them from 5 examples; 10 a week get up to 50 corrections', ddStream(), only);
