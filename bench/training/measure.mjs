// One recipe on one stream: what it learns, what it forgets, and what the gates say of each week's candidate.
import { EmbeddedModel, hashEmbedding, train } from '../../libs/embedded-model/dist/index.js';
import { judgeCandidate } from '../../libs/gates/dist/index.js';

/** A category has at least this many items: an update of equal quality would be turned down by chance on smaller ones. */
const CATEGORY_ITEMS_MIN = 300;
const CATEGORY_FLOOR = 0.98;
const GAIN_MIN = 0.05;
/** Safety is the serving version's; a stream has no safety suite. */
const GATES = { required: { target_improvement: true, no_regression: true, safety_pass: false } };

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
export const cpuSeconds = (start) => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
};

export const example = ({ text, intent, domain, difficulty }) => ({ input: text, output: intent, category: domain, ...(difficulty && { difficulty }) });

/** Scores of a checkpoint on rows: 1 right, 0 wrong. */
export const scorer = (checkpoint, vectors) => {
  const model = new EmbeddedModel(checkpoint);
  const known = new Map();
  return ({ text, intent }) => {
    if (!known.has(text)) known.set(text, model.predict(text, vectors?.of(text)).output);
    return known.get(text) === intent ? 1 : 0;
  };
};

/** Categories of rows: domains, the small ones joined, smallest first, until each has enough items. Returns a category for each row. */
export const categoriesOf = (rows) => {
  const groups = [...Map.groupBy(rows, ({ domain }) => domain)].map(([name, members]) => ({ name, members }));
  while (groups.length > 1) {
    groups.sort((a, b) => a.members.length - b.members.length || (a.name < b.name ? -1 : 1));
    if (groups[0].members.length >= CATEGORY_ITEMS_MIN) break;
    const [a, b] = groups.splice(0, 2);
    groups.push({ name: `${a.name}+${b.name}`, members: [...a.members, ...b.members] });
  }
  return new Map(groups.flatMap(({ name, members }) => members.map((row) => [row, name])));
};

/** Easy are the third of an intent's examples that are most like its others, hard the third that are least. */
export const withDifficulty = (rows) =>
  [...Map.groupBy(rows, ({ intent }) => intent).values()].flatMap((group) => {
    const vectors = group.map(({ text }) => hashEmbedding(text));
    const centre = vectors[0].map((_, i) => vectors.reduce((sum, vector) => sum + vector[i], 0));
    const likeness = vectors.map((vector) => vector.reduce((sum, value, i) => sum + value * centre[i], 0));
    const order = [...group.keys()].sort((a, b) => likeness[b] - likeness[a]);
    return order.map((index, place) => ({ ...group[index], difficulty: ['easy', 'medium', 'hard'][Math.floor((place * 3) / order.length)] }));
  });

/** The candidate of one week against the version before it, on the same questions. */
export const judgeWeek = ({ before, after, target, kept }) => {
  const categories = categoriesOf(kept);
  const items = (score) => [
    ...target.map((row, i) => ({ id: `t${i}`, suite: 'target', score: score(row) })),
    ...kept.map((row, i) => ({ id: `g${i}`, suite: 'general', category: categories.get(row), score: score(row) })),
  ];
  const report = judgeCandidate({ incumbent: items(before), candidate: items(after), config: GATES });
  const ratios = [...Map.groupBy(kept, (row) => categories.get(row)).values()].map((rows) => mean(rows.map(after)) / mean(rows.map(before)));
  const [was, is] = [mean(target.map(before)), mean(target.map(after))];
  const lowest = Math.min(...ratios.filter(Number.isFinite));
  return { outcome: report.outcome, gates: report.gates.filter(({ required }) => required).map(({ name, verdict, message }) => ({ name, verdict, message })), was, is, lowest, passed: is > was * (1 + GAIN_MIN) && is >= was + GAIN_MIN && lowest >= CATEGORY_FLOOR };
};

/**
 * Runs a stream: a candidate a week, which the next week goes on from whatever the gates say, so that recipes are compared on equal
 * histories. `variant` = `{ recipe, curriculum? }`; a recipe that starts fresh is given everything there was so far.
 */
export const runStream = ({ stream, variant, base, vectors }) => {
  const { recipe, curriculum = false } = variant;
  const { test, weekOf, seed, thin } = stream;
  const groupOf = ({ intent }) => weekOf.get(intent) ?? -1;
  const seenBy = (week) => test.filter((row) => thin > 0 || groupOf(row) <= week);
  const prepared = curriculum ? withDifficulty : (rows) => rows;
  let checkpoint = base;
  let score = scorer(base, vectors);
  const learnt = [{ rows: test.filter((row) => groupOf(row) < 0), then: 0 }];
  learnt[0].then = mean(learnt[0].rows.map(score));
  const history = [...stream.base];
  const weeks = stream.weeks.map((rows, week) => {
    history.push(...rows);
    const start = process.cpuUsage();
    const fresh = recipe.start === 'fresh';
    checkpoint = train({ examples: prepared(fresh ? history : rows).map(example), ...(!fresh && { base: checkpoint }), recipe, curriculum, seed, ...(vectors && { sentences: vectors }) });
    const cpu = cpuSeconds(start);
    const before = score;
    score = scorer(checkpoint, vectors);
    const target = test.filter((row) => groupOf(row) === week);
    const judged = judgeWeek({ before, after: score, target, kept: seenBy(week).filter((row) => groupOf(row) !== week) });
    learnt.push({ rows: target, then: judged.is });
    return { ...judged, all: mean(seenBy(week).map(score)), cpu };
  });
  const forgetting = mean(learnt.slice(0, -1).map(({ rows, then }) => then - mean(rows.map(score))));
  return {
    before: mean(weeks.map(({ was }) => was)),
    after: mean(weeks.map(({ is }) => is)),
    final: weeks.at(-1).all,
    averageIncremental: mean(weeks.map(({ all }) => all)),
    forgetting,
    lowest: Math.min(...weeks.map(({ lowest }) => lowest)),
    passed: weeks.filter(({ passed }) => passed).length,
    approved: weeks.filter(({ outcome }) => outcome === 'passed').length,
    cpu: mean(weeks.map(({ cpu }) => cpu)),
    weeks,
  };
};
