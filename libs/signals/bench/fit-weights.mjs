// Fits the weights of words and products to the USS dialogues; the signals' own weights are set by hand below and stay.
// Usage: RATCHET_DATA_DIR=folder node bench/fit-weights.mjs > src/failure/weights.json     (build the library first; the report goes to standard error)
import { createHash } from 'node:crypto';
import { agreement, bestThreshold, labelledTurns, readDialogues, rocAuc, SETS } from './uss.mjs';

const VERSION = '2026-11-1';
const IMPLICIT_LIMIT = 2;
// With no further message of the user nothing of this data applies: an answered request is taken for a success.
const BIAS = -1.4;
// What these dialogues cannot teach: they have no feedback, no times, hardly an escalation, and rewrites mean little in them.
const BY_HAND = {
  'reply.does_not_know': 0.9,
  'signal.reformulation': 2.6,
  'signal.repeated_query': 2.4,
  'signal.quick_follow_up': 0.5,
  'signal.quick_abandonment': 1.1,
  'signal.session_abandonment': 2,
  'signal.escalation': 4,
  'signal.system_repetition': 0.6,
  'signal.unresolved_request': 1.2,
  'signal.error': 5,
  'signal.correction': 0.8,
  'feedback.negative_comment': 3.5,
  'signal.task_completed': -3,
  'signal.thumbs_down': 5,
  'signal.thumbs_up': -5,
  'signal.low_rating': 5,
  'signal.high_rating': -5,
  'signal.user_correction': 6,
  'signal.unsafe_answer': 8,
};
// A word that means trouble must not count against it because of an accident of the data.
const AT_LEAST_0 = /^next\.(no_first|correction|rewording|another|retry|apology|complaint|dislike|confusion|doubt|give_up|negations)$|^reply\.(failed|does_not_know|asks_repeat)$|^signal\.negative_comment$|^(failed\*insists|confirm\*no|offer\*no|question\*no|dislike\*no_praise)$/;
const AT_MOST_0 = /^next\.(thanks|praise|yes_first|goodbye|exclaims)$|^reply\.(success|thanked)$|^thanks\*not_no$|^signal\.(thanks|moved_on)$/;
const PASSES = 400;
const RATE = 0.5;
const RIDGE = 0.0002;
/** F1 is flat near its top; within this much of it the more precise threshold is the better one. */
const F1_GIVEN_UP = 0.012;

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const logit = (p) => Math.log(p / (1 - p));
// Every feature with weight 1 makes the detector list them all.
const probe = { version: 'probe', embedding: 'hashed-512', bias: 0, implicitLimit: IMPLICIT_LIMIT, terms: new Proxy({}, { get: () => 1 }) };

const rowsOf = (set) =>
  labelledTurns(readDialogues(set), { weights: probe })
    .filter(({ detection }) => detection !== undefined)
    .map(({ id, label, detection }) => ({ set, id, label, terms: detection.terms.filter(({ name }) => name !== 'explicit_outranks'), fold: createHash('sha256').update(id).digest()[0] % 5 }));

const scoreOf = ({ bias, terms }, row) => row.terms.reduce((sum, { name, value }) => sum + (terms[name] ?? 0) * value, bias);

const fit = (rows) => {
  const names = [...new Set(rows.flatMap(({ terms }) => terms.map(({ name }) => name)))].filter((name) => name !== 'next.any' && !(name in BY_HAND));
  const index = new Map(names.map((name, i) => [name, i]));
  const sizes = new Map();
  for (const { set } of rows) sizes.set(set, (sizes.get(set) ?? 0) + 1);
  const prepared = rows.map((row) => ({
    label: row.label,
    offset: row.terms.reduce((sum, { name, value }) => sum + (BY_HAND[name] ?? 0) * value, 0),
    parts: row.terms.filter(({ name }) => index.has(name)).map(({ name, value }) => [index.get(name), value]),
    share: 1 / (sizes.get(row.set) * sizes.size),
  }));
  const weights = new Float64Array(names.length);
  const squares = new Float64Array(names.length);
  let bias = -1;
  let biasSquares = 0;
  for (let pass = 0; pass < PASSES; pass += 1) {
    const slope = new Float64Array(names.length);
    let biasSlope = 0;
    for (const { label, offset, parts, share } of prepared) {
      let x = bias + offset;
      for (const [i, value] of parts) x += weights[i] * value;
      const error = (sigmoid(x) - label) * share;
      biasSlope += error;
      for (const [i, value] of parts) slope[i] += error * value;
    }
    biasSquares += biasSlope ** 2;
    bias -= (RATE * biasSlope) / (Math.sqrt(biasSquares) + 1e-9);
    names.forEach((name, i) => {
      const gradient = slope[i] + RIDGE * weights[i];
      squares[i] += gradient ** 2;
      weights[i] -= (RATE * gradient) / (Math.sqrt(squares[i]) + 1e-9);
      if (AT_LEAST_0.test(name) && weights[i] < 0) weights[i] = 0;
      if (AT_MOST_0.test(name) && weights[i] > 0) weights[i] = 0;
    });
  }
  const terms = { ...Object.fromEntries(names.map((name, i) => [name, weights[i]])), ...BY_HAND };
  // One threshold for all sets; the bias moves so that it is 0.5.
  const scored = rows.map((row) => ({ set: row.set, label: row.label, score: sigmoid(scoreOf({ bias, terms }, row)) }));
  const byThreshold = [];
  for (let threshold = 0.1; threshold < 0.6; threshold += 0.01) {
    byThreshold.push({ threshold, f1: SETS.reduce((sum, set) => sum + agreement(scored.filter((row) => row.set === set), threshold).f1, 0) / SETS.length });
  }
  const top = Math.max(...byThreshold.map(({ f1 }) => f1));
  const best = byThreshold.findLast(({ f1 }) => f1 >= top - F1_GIVEN_UP);
  return { bias: BIAS, terms: { ...terms, 'next.any': bias - logit(best.threshold) - BIAS } };
};

const rows = SETS.flatMap(rowsOf);
const crossed = [];
for (let fold = 0; fold < 5; fold += 1) {
  const model = fit(rows.filter((row) => row.fold !== fold));
  for (const row of rows.filter((one) => one.fold === fold)) crossed.push({ set: row.set, label: row.label, score: sigmoid(scoreOf(model, row)) });
}
for (const set of SETS) {
  const part = crossed.filter((row) => row.set === set);
  const { precision, recall, f1 } = agreement(part);
  console.error(`${set}: 5-fold P ${precision.toFixed(3)} R ${recall.toFixed(3)} F1 ${f1.toFixed(3)} (best ${bestThreshold(part).f1.toFixed(3)}) ROC-AUC ${rocAuc(part).toFixed(3)}`);
}
const { bias, terms } = fit(rows);
const short = (value) => Math.round(value * 100) / 100;
const sorted = Object.fromEntries(Object.entries(terms).map(([name, weight]) => [name, short(weight)]).filter(([, weight]) => weight !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
console.log(JSON.stringify({ version: VERSION, embedding: 'hashed-512', bias: short(bias), implicitLimit: IMPLICIT_LIMIT, terms: sorted }, null, 2));
