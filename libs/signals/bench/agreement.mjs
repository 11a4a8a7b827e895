// How well the shipped probability agrees with people who were asked, on the files of a folder: those it was fitted on, or others.
// Usage: RATCHET_DATA_DIR=folder node bench/agreement.mjs [weights.json]     (build the library first)
import { readFileSync } from 'node:fs';
import { agreementAt, calibrationErrorOf, failureWeights, readFailureWeights, reliabilityByMass, reliabilityByWidth, rocAucOf } from '@ratchet/signals';
import { breakdownTurns, hasFile, labelledTurns, ratedSessions, readDialogues, SETS, thumbedTurns } from './uss.mjs';

const [file] = process.argv.slice(2);
const weights = file === undefined ? failureWeights : readFailureWeights(readFileSync(file, 'utf8'), file);
const shown = (value) => value.toFixed(3);
const report = (name, rows) => {
  const { precision, recall, f1 } = agreementAt(rows, weights.threshold);
  const base = rows.reduce((sum, { label }) => sum + label, 0) / rows.length;
  console.log(
    `${name.padEnd(24)} ${String(rows.length).padEnd(6)} ${shown(base)}  ${shown(precision)} ${shown(recall)} ${shown(f1)}  ${shown(rocAucOf(rows))}    ${shown(calibrationErrorOf(reliabilityByWidth(rows)))}  ${shown(calibrationErrorOf(reliabilityByMass(rows)))}`,
  );
};

console.log(`weights ${weights.version}, threshold ${weights.threshold}\n`);
console.log('set                      rows   base   P     R     F1     ROC-AUC  ECE    ECE (equal mass)');
for (const set of SETS.filter(hasFile)) {
  const turns = labelledTurns(readDialogues(set), { weights });
  const judged = turns.flatMap(({ label, detection }) => (detection === undefined ? [] : [{ label, probability: detection.failureProbability }]));
  report(set, judged);
  report(`${set} with openings`, turns.map(({ label, detection }) => ({ label, probability: detection?.failureProbability ?? 0 })));
}
if (hasFile('dbdc3_en')) {
  const turns = breakdownTurns(readDialogues('dbdc3_en'), { weights });
  report('dbdc3_en: X is most', turns.map(({ breakdown: { O, T, X }, probability }) => ({ label: X > O && X > T ? 1 : 0, probability })));
  report('dbdc3_en: T + X > O', turns.map(({ breakdown: { O, T, X }, probability }) => ({ label: T + X > O ? 1 : 0, probability })));
}
if (hasFile('convai2_wild')) {
  report('convai2 thumbs', thumbedTurns(readDialogues('convai2_wild'), { weights }));
  report('convai2 sessions', ratedSessions(readDialogues('convai2_wild'), { weights }));
}
