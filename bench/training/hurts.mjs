// Data that hurts: what wrong, poisoned, repeated and leaked examples do to a candidate, and what notices.
import { findSuspectLabels, train } from '../../libs/embedded-model/dist/index.js';
import { seededRandom, shuffled } from '../../libs/embedded-model/dist/random.js';
import { normalizeText } from '../../libs/embedded-model/dist/text.js';
import { table } from '../shared/report.mjs';
import { example, judgeWeek, mean, scorer } from './measure.mjs';

const WRONG_SHARE = 0.1;
const REPEATS = 20;
const percent = (share) => (100 * share).toFixed(1);

/** Each takes a week's rows and gives the rows that are trained on, those that are wrong among them marked. */
const harms = {
  none: ({ rows }) => rows,
  'wrong labels, 10 %': ({ rows, random, intents }) => {
    const wrong = new Set(shuffled([...rows.keys()], random).slice(0, Math.round(rows.length * WRONG_SHARE)));
    return rows.map((row, i) => (wrong.has(i) ? { ...row, ...otherIntent(row, intents, random), wrong: true } : row));
  },
  'wrong labels, suspects left out': (week) => harms['wrong labels, 10 %'](week),
  // One intent's questions are all taught the answer of another one, which was known and right.
  'one class poisoned': ({ rows, known }) => {
    const [victim] = known.keys();
    const [answer] = rows;
    return [...rows, ...known.get(victim).map((row) => ({ ...row, intent: answer.intent, domain: answer.domain, wrong: true }))];
  },
  'one user twenty times': ({ rows }) => {
    const [first] = rows;
    return [...rows, ...rows.filter(({ intent }) => intent === first.intent).slice(0, 10).flatMap((row) => Array.from({ length: REPEATS }, () => row))];
  },
  'half of the questions leaked': ({ rows, target, random }) => [...rows, ...shuffled(target, random).slice(0, Math.floor(target.length / 2))],
};

const otherIntent = ({ intent }, intents, random) => {
  const others = intents.filter((one) => one.intent !== intent);
  return others[Math.floor(random() * others.length)];
};

/** Questions of the gates that are in the training data, and how many there are of an example at most. */
const hygiene = (rows, questions) => {
  const asked = new Set(questions.map(({ text }) => normalizeText(text)));
  const counts = new Map();
  for (const { text } of rows) counts.set(normalizeText(text), (counts.get(normalizeText(text)) ?? 0) + 1);
  return { leaked: [...counts.keys()].filter((text) => asked.has(text)).length, repeated: [...counts.values()].filter((count) => count > 1).length };
};

const firstWeek = ({ stream, base, harm, vectors }) => {
  const { weekOf, test, seed, thin } = stream;
  const random = seededRandom(seed ^ 0xbad);
  const target = test.filter(({ intent }) => weekOf.get(intent) === 0);
  const kept = test.filter(({ intent }) => (weekOf.has(intent) ? thin > 0 && weekOf.get(intent) !== 0 : true));
  const known = Map.groupBy(stream.base.filter(({ intent }) => !weekOf.has(intent)), ({ intent }) => intent);
  const intents = [...Map.groupBy(stream.weeks[0], ({ intent }) => intent).values()].map(([{ intent, domain }]) => ({ intent, domain }));
  const given = harms[harm]({ rows: stream.weeks[0], random, intents, known, target });
  const sentences = vectors && { sentences: vectors };
  const suspects = findSuspectLabels({ examples: given.map(example), base, ...sentences }).map(({ index }) => given[index]);
  const rows = harm.endsWith('left out') ? given.filter((row) => !suspects.includes(row)) : given;
  const checkpoint = train({ examples: rows.map(example), base, seed, ...sentences });
  const judged = judgeWeek({ before: scorer(base, vectors), after: scorer(checkpoint, vectors), target, kept });
  const victim = known.keys().next().value;
  return {
    ...judged,
    ...hygiene(rows, [...target, ...kept]),
    victim: mean(kept.filter(({ intent }) => intent === victim).map(scorer(checkpoint, vectors))),
    wrong: given.filter((row) => row.wrong).length,
    suspects: suspects.length,
    found: suspects.filter((row) => row.wrong).length,
  };
};

export const measureHurts = ({ name, made, vectors }) => {
  const [stream] = made;
  const base = train({ examples: stream.base.map(example), seed: stream.seed, ...(vectors && { sentences: vectors }) });
  const results = Object.keys(harms).map((harm) => ({ harm, ...firstWeek({ stream, base, harm, vectors }) }));
  const rows = results.map(({ harm, is, lowest, outcome, gates, victim, leaked, repeated, wrong, suspects, found }) => ({
    data: harm, target: percent(is), 'lowest category': percent(lowest), 'class that was poisoned': percent(victim), verdict: outcome,
    'refused by': gates.filter(({ verdict }) => verdict !== 'passed').map((gate) => gate.name).join(' ') || '-', 'wrong / suspected / rightly': `${wrong} / ${suspects} / ${found}`, 'in the test': leaked, repeated,
  }));
  process.stdout.write(`\nData that hurts, first week: ${stream.title}\n\n${table(rows)}\n`);
  return { name, rows };
};
