// How well failureProbability agrees with people: USS turns with a mean satisfaction below 3, against the interaction just before.
// Usage: RATCHET_DATA_DIR=folder node bench/agreement.mjs     (build the library first)
import { agreement, bestThreshold, labelledTurns, readDialogues, rocAuc, SETS } from './uss.mjs';

const shown = (value) => value.toFixed(3);
console.log('set         turns  base   P     R     F1(0.5)  best F1 (at)   ROC-AUC | with openings: F1(0.5) ROC-AUC');
for (const set of SETS) {
  const turns = labelledTurns(readDialogues(set)).map(({ label, detection }) => ({ label, score: detection?.failureProbability ?? 0, judged: detection !== undefined }));
  const judged = turns.filter((turn) => turn.judged);
  const { precision, recall, f1 } = agreement(judged);
  const best = bestThreshold(judged);
  const base = judged.reduce((sum, { label }) => sum + label, 0) / judged.length;
  console.log(
    `${set.padEnd(11)} ${String(judged.length).padEnd(6)} ${shown(base)}  ${shown(precision)} ${shown(recall)} ${shown(f1)}    ${shown(best.f1)} (${shown(best.threshold)})  ${shown(rocAuc(judged))}   | ${shown(agreement(turns).f1)} ${shown(rocAuc(turns))}`,
  );
}
