// npm run bench -- training: what each recipe learns and forgets on streams of five updates. See docs/internals/training.md.
import { train } from '../../libs/embedded-model/dist/index.js';
import { noiseTexts } from '../../libs/embedded-model/dist/noise-texts.js';
import { say, table, writeResults } from '../shared/report.mjs';
import { measureHurts } from './hurts.mjs';
import { cpuSeconds, example, mean, runStream } from './measure.mjs';
import { encodeAll } from './sentences.mjs';
import { makeStream, streams } from './streams.mjs';
import { variants } from './variants.mjs';

const SEEDS = 3;
const percent = (share) => (100 * share).toFixed(1);
const spread = (values) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** Means over the seeds; of the lowest category the worst. */
const summarise = (runs) => {
  const of = (key) => runs.map((run) => run[key]);
  return {
    'target before -> after': `${percent(mean(of('before')))} -> ${percent(mean(of('after')))}`,
    'average incremental': percent(mean(of('averageIncremental'))),
    final: `${percent(mean(of('final')))} ± ${percent(spread(of('final')))}`,
    forgetting: percent(mean(of('forgetting'))),
    'lowest category': `${percent(mean(of('lowest')))} (${percent(Math.min(...of('lowest')))})`,
    'weeks passing': mean(of('passed')).toFixed(1),
    'gates passed': mean(of('approved')).toFixed(1),
    'CPU s a week': mean(of('cpu')).toFixed(2),
  };
};

/** Bases are the same for every recipe. */
const trainBase = ({ stream, vectors }) => {
  const start = process.cpuUsage();
  const base = train({ examples: stream.base.map(example), seed: stream.seed, ...(vectors && { sentences: vectors }) });
  say(`${stream.name}, seed ${stream.seed}: base of ${stream.base.length} examples in ${cpuSeconds(start).toFixed(1)} CPU s`);
  return base;
};

const measureStream = ({ name, made, chosen, vectors }) => {
  const runs = new Map(chosen.map((recipe) => [recipe, []]));
  for (const stream of made) {
    const base = trainBase({ stream, vectors });
    for (const recipe of chosen) {
      const run = runStream({ stream, variant: variants[recipe], base, vectors });
      runs.get(recipe).push(run);
      say(`${name}, seed ${stream.seed}, ${recipe}: average incremental ${percent(run.averageIncremental)}, lowest category ${percent(run.lowest)}, ${run.cpu.toFixed(2)} CPU s a week`);
    }
  }
  const rows = [...runs].map(([recipe, results]) => ({ recipe, ...summarise(results) }));
  process.stdout.write(`\n${made[0].title}; ${made.length} seeds, ${made[0].test.length} questions\n\n${table(rows)}\n`);
  return { name, title: made[0].title, questions: made[0].test.length, rows, runs: Object.fromEntries(runs) };
};

const checkNames = (names, known, what) => {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new TypeError(`there is no ${what} ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return names;
};

/**
 * `stream` and `recipes` are lists of names, `seeds` a number, `only` a list of `streams` and `hurts`, `part` is `test` or `selection`,
 * `grams` leaves the sentence encoder out. Streams whose file is not there are said and passed over. True unless nothing was measured.
 */
export const benchmark = async (options) => {
  const { seeds = SEEDS, part = 'test', only = ['streams', 'hurts'], grams = false } = options;
  const folder = process.env.RATCHET_DATA_DIR;
  const names = checkNames(options.stream ?? Object.keys(streams), Object.keys(streams), 'stream');
  const chosen = checkNames(options.recipes ?? Object.keys(variants), Object.keys(variants), 'recipe');
  checkNames(only, ['streams', 'hurts'], 'part');
  checkNames([part], ['test', 'selection'], 'part of the data');
  const made = names.map((name) => ({ name, made: Array.from({ length: seeds }, (_, i) => makeStream({ name, seed: i + 1, part, folder })) }));
  const missing = made.filter((one) => one.made[0] === null);
  if (missing.length > 0) say(`passed over, since RATCHET_DATA_DIR does not hold their files: ${missing.map(({ name }) => name).join(', ')}`);
  const present = made.filter((one) => one.made[0] !== null);
  const texts = present.flatMap((one) => one.made.flatMap((stream) => [...stream.base, ...stream.weeks.flat(), ...stream.test, ...stream.weeks.flat()].map(({ text }) => text)));
  const encoded = grams ? null : await encodeAll([...texts, ...Array.from({ length: seeds }, (_, i) => noiseTexts(i + 1)).flat()]);
  const vectors = encoded?.vectors;
  const results = {
    part,
    features: grams ? 'n-grams' : 'n-grams and sentence vectors',
    encodingCpuMsAText: encoded?.cpuMsAText ?? null,
    streams: only.includes('streams') ? present.map((one) => measureStream({ ...one, chosen, vectors })) : [],
    hurts: only.includes('hurts') ? present.map((one) => measureHurts({ ...one, vectors })) : [],
  };
  say(`results: ${writeResults('training', results, options.json)}`);
  return present.length > 0;
};
