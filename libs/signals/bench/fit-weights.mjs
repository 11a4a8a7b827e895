// Fits the weights of the failure probability to the USS dialogues, and says how well they do on dialogues that they were not fitted on.
// Usage: RATCHET_DATA_DIR=folder node bench/fit-weights.mjs [--write]     (build the library first)
// With --write: src/failure/weights.json and docs/internals/signals-reliability.svg; the report goes to standard output.
import { writeFileSync } from 'node:fs';
import {
  agreementAt, allTermsWeights, calibrationErrorOf, featureNames, fitFailureWeights, HAND_SET, logistic, logOddsOf, partOf, PRIOR, probabilityOf, reliabilityByMass, reliabilityByWidth, rocAucOf, SILENT_PROBABILITY, thresholdForF1,
} from '@ratchet/signals';
import { reliabilityPlot } from './reliability-plot.mjs';
import { labelledTurns, readDialogues, SETS } from './uss.mjs';

const VERSION = '2026-11-2';
const IMPLICIT_LIMIT = 2;
const FOLDS = 5;
/** The best of 10, 20, 40 and 60 by cross-validated log loss; all are within 0.001 of ROC-AUC. */
const PULL = { terms: 20, bias: 0 };
/** What has to be known of the reply alone, when nothing follows. */
const OF_REPLY = /^reply\./;

const start = { ...allTermsWeights, version: VERSION, implicitLimit: IMPLICIT_LIMIT, fitted: PRIOR, byHand: HAND_SET };
const movable = (name) => !(name in HAND_SET) && !name.startsWith('end.');

const turnsOf = Object.fromEntries(SETS.map((set) => [set, labelledTurns(readDialogues(set), { weights: allTermsWeights })]));
/** A user's opening message has nothing before it that could have failed. */
const openingsOf = (set) => turnsOf[set].filter(({ detection }) => detection === undefined).map(({ label }) => ({ label, probability: 0 }));
const rowsOf = (set) =>
  turnsOf[set]
    .filter(({ detection }) => detection !== undefined)
    .map(({ id, label, detection }) => ({ set, interactionId: detection.interactionId, conversationId: id, label, terms: detection.terms }));

const fit = (rows) => ({ ...start, ...fitFailureWeights({ rows, start, movable, pull: PULL }) });
const bySet = (scored) => SETS.map((set) => scored.filter((row) => row.set === set));
const scoredBy = (weights, rows) => rows.map((row) => ({ set: row.set, label: row.label, probability: probabilityOf(weights, row) }));

/** So that an answered request after which nothing comes gets the probability of silence, on the mean over the replies. */
const silentTerm = (weights, rows) => {
  const mean = rows.reduce((sum, { terms }) => sum + Math.log(odds(weights, terms)), 0) / rows.length;
  return Math.round((logOddsOf(SILENT_PROBABILITY) - mean) * 1_000) / 1_000;
};
const odds = (weights, terms) => {
  const probability = probabilityOf(weights, { terms: terms.filter(({ name }) => OF_REPLY.test(name)) });
  return probability / (1 - probability);
};

const rows = SETS.flatMap(rowsOf);
const crossed = [];
for (let fold = 0; fold < FOLDS; fold += 1) {
  const isHeldOut = ({ conversationId }) => partOf(conversationId, FOLDS) === fold;
  crossed.push(...scoredBy(fit(rows.filter((row) => !isHeldOut(row))), rows.filter(isHeldOut)));
}
const threshold = thresholdForF1(bySet(crossed), { near: 0.3, slack: 0.002 });

const shown = (value) => value.toFixed(3);
console.log(`${FOLDS}-fold cross-validation over dialogues, one set of weights; threshold ${threshold}\n`);
console.log('set         turns  base   P     R     F1     ROC-AUC  ECE    ECE (equal mass)   with openings: F1, ROC-AUC');
for (const [i, part] of bySet(crossed).entries()) {
  const { precision, recall, f1 } = agreementAt(part, threshold);
  const all = [...part, ...openingsOf(SETS[i])];
  const base = part.reduce((sum, { label }) => sum + label, 0) / part.length;
  console.log(
    `${SETS[i].padEnd(11)} ${String(part.length).padEnd(6)} ${shown(base)}  ${shown(precision)} ${shown(recall)} ${shown(f1)}  ${shown(rocAucOf(part))}    ${shown(calibrationErrorOf(reliabilityByWidth(part)))}  ${shown(calibrationErrorOf(reliabilityByMass(part)))}              ${shown(agreementAt(all, threshold).f1)} ${shown(rocAucOf(all))}`,
  );
}
console.log('\nprobability  turns  mean   failed');
for (const { from, to, count, meanProbability, failureRate } of reliabilityByWidth(crossed)) {
  console.log(`${from.toFixed(1)} to ${to.toFixed(1)}   ${String(count).padEnd(6)} ${shown(meanProbability)}  ${shown(failureRate)}`);
}

const model = fit(rows);
model.byHand = { ...model.byHand, 'end.no_message': silentTerm(model, rows) };
const inOrder = (terms) => Object.fromEntries(featureNames.filter((name) => name in terms).map((name) => [name, terms[name]]));
const weights = {
  version: VERSION, embedding: model.embedding, threshold, bias: model.bias, implicitLimit: IMPLICIT_LIMIT, fitted: inOrder(model.fitted), byHand: inOrder(model.byHand),
  learntFrom: { labels: rows.length, failures: rows.reduce((sum, { label }) => sum + label, 0), source: 'user turns of the USS dialogues (SGD, MultiWOZ, ReDial, CCPE) with a mean satisfaction below 3' },
};
console.log(`\n${Object.keys(weights.fitted).length} fitted terms, ${Object.keys(weights.byHand).length} by hand; silence gives ${shown(logistic(logOddsOf(SILENT_PROBABILITY)))}`);
if (process.argv.includes('--write')) {
  writeFileSync(new URL('../src/failure/weights.json', import.meta.url), `${JSON.stringify(weights, null, 2)}\n`);
  writeFileSync(new URL('../../../docs/internals/signals-reliability.svg', import.meta.url), reliabilityPlot(SETS.map((set, i) => ({ name: set.replace('uss_', '').toUpperCase(), bins: reliabilityByMass(bySet(crossed)[i]) }))));
}
