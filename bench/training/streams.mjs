// Five weekly updates of a model: new intents each week (class-incremental), or more examples of intents that it hardly knows (thin knowledge).
import { seededRandom, shuffled } from '../../libs/embedded-model/dist/random.js';
import { readSet } from './data.mjs';

const WEEKS = 5;
const EXAMPLES_A_WEEK = 50;
const THIN_EXAMPLES = 5;

export const streams = {
  ci: { set: 'clinc150', title: 'CLINC150, 75 intents of 5 domains, then one domain of 15 new intents a week', plan: ({ rows, seed }) => newDomains({ rows, seed, base: 5 }) },
  bk: { set: 'banking77', title: 'Banking77, 42 intents, then 7 new ones a week', plan: ({ rows, seed }) => newIntents({ rows, seed, base: 42, aWeek: 7 }) },
  dd: { set: 'clinc150', title: 'CLINC150, all 150 intents known, 50 of them from 5 examples; 10 of those get up to 50 more a week', plan: ({ rows, seed }) => thinIntents({ rows, seed, aWeek: 10 }) },
  'support-ci': { set: 'support', title: 'built-in support set, 34 intents, then 6 new ones a week', plan: ({ rows, seed }) => newIntents({ rows, seed, base: 34, aWeek: 6 }) },
  'support-dd': { set: 'support', title: 'built-in support set, all 64 intents known, 25 of them from 5 examples; 5 of those get up to 50 more a week', plan: ({ rows, seed }) => thinIntents({ rows, seed, aWeek: 5 }) },
};

const intentsOf = (rows) => [...new Set(rows.map(({ intent }) => intent))];
const firstOfEach = (rows, count, from = 0) => [...Map.groupBy(rows, ({ intent }) => intent).values()].flatMap((group) => group.slice(from, from + count));

/** Weeks by intent; an intent without one is known from the start. */
const newDomains = ({ rows, seed, base }) => {
  const domains = shuffled([...new Set(rows.map(({ domain }) => domain))], seededRandom(seed)).slice(base);
  return { weekOf: new Map(rows.map(({ intent, domain }) => [intent, domains.indexOf(domain)]).filter(([, week]) => week >= 0)), thin: 0 };
};

const newIntents = ({ rows, seed, base, aWeek }) => {
  const intents = shuffled(intentsOf(rows), seededRandom(seed)).slice(base, base + WEEKS * aWeek);
  return { weekOf: new Map(intents.map((intent, place) => [intent, Math.floor(place / aWeek)])), thin: 0 };
};

const thinIntents = ({ rows, seed, aWeek }) => {
  const intents = shuffled(intentsOf(rows), seededRandom(seed)).slice(0, WEEKS * aWeek);
  return { weekOf: new Map(intents.map((intent, place) => [intent, place % WEEKS])), thin: THIN_EXAMPLES };
};

/**
 * `{ name, title, base, weeks, test, weekOf, thin }`: rows of the first training, rows of each week, rows to judge with. The order of a
 * set's rows is shuffled by the seed, so that seeds differ in the examples as well as in the intents.
 */
export const makeStream = ({ name, seed, part, folder }) => {
  const { set, title, plan } = streams[name];
  const data = readSet({ name: set, folder, part });
  if (!data) return null;
  const { weekOf, thin } = plan({ rows: data.train, seed });
  const train = shuffled(data.train, seededRandom(seed * 31 + 7));
  const known = train.filter(({ intent }) => !weekOf.has(intent));
  const base = [...known, ...firstOfEach(train.filter(({ intent }) => weekOf.has(intent)), thin)];
  const weeks = Array.from({ length: WEEKS }, (_, week) => firstOfEach(train.filter(({ intent }) => weekOf.get(intent) === week), EXAMPLES_A_WEEK, thin));
  return { name, title, seed, base, weeks, test: data.test, weekOf, thin };
};
