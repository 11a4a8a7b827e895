// How well the rules tell the five root causes apart, on the labelled failures of assets/root-causes: `node apps/analyzer/bench/root-causes.mjs`
// reports the held-out half; with --development, the other half, and each of its rows that the rules get wrong.
import { loadLabelledFailures } from '../dist/diagnosis/measurement/labelled-failures.js';
import { drawClusters, fitScaling, measure, predictClusters, predictEach } from '../dist/diagnosis/measurement/measure.js';
import { CLUSTER_CORRELATION, SHARPNESS } from '../dist/diagnosis/root-cause.js';

const MACRO_F1_MIN = 0.8;
const CLUSTERS = { count: 1_000, seed: 11 };

const development = process.argv.includes('--development');
const rows = loadLabelledFailures();
const half = rows.filter((row) => row.half === (development ? 'development' : 'held_out'));
const say = (line = '') => process.stdout.write(`${line}\n`);
const shown = (value) => value.toFixed(3).padStart(9);

const table = (title, { n, accuracy, macroF1, causes, calibrationError, logLoss }) => {
  say(title);
  say(`${'cause'.padEnd(26)}${['n', 'precision', 'recall', 'F1'].map((name) => name.padStart(9)).join(' ')}`);
  for (const { cause, ...score } of causes) say(`${cause.padEnd(26)}${String(score.n).padStart(9)} ${shown(score.precision)} ${shown(score.recall)} ${shown(score.f1)}`);
  say(`macro F1 ${macroF1.toFixed(3)}, accuracy ${accuracy.toFixed(3)} (n = ${n}), expected calibration error ${calibrationError.toFixed(3)}, log loss ${logLoss.toFixed(3)}`);
  say();
};

/** How often the rules are right where they claim so much. */
const reliability = (predictions) => {
  const bins = Map.groupBy(predictions, ({ probabilities, predicted }) => Math.min(4, Math.floor(probabilities[predicted] * 5)));
  for (const bin of [...bins.keys()].sort()) {
    const members = bins.get(bin);
    const right = members.filter(({ truth, predicted }) => truth === predicted).length;
    const confidence = members.reduce((sum, { probabilities, predicted }) => sum + probabilities[predicted], 0) / members.length;
    say(`confidence ${(bin / 5).toFixed(1)} to ${((bin + 1) / 5).toFixed(1)}: mean ${confidence.toFixed(2)}, right ${(right / members.length).toFixed(2)} (n = ${members.length})`);
  }
  say();
};

const each = predictEach(half);
const measured = measure(each);
table(`${development ? 'Development' : 'Held-out'} half, failure by failure`, measured);
reliability(each);
const later = half.filter(({ isLater }) => isLater);
table('of these, the rows that were written after the rules', measure(predictEach(later)));
reliability(predictEach(later));
const hard = half.filter(({ isHard }) => isHard);
const hardRight = predictEach(hard).filter(({ truth, predicted }) => truth === predicted).length;
say(`rows that mislead on purpose: ${hardRight} of ${hard.length} right`);
say();
const clusters = predictClusters(drawClusters(half, CLUSTERS));
table(`${development ? 'Development' : 'Held-out'} half, ${CLUSTERS.count} clusters of 5 to 20 failures drawn from it, up to 40 % of another cause`, measure(clusters));
reliability(clusters);

if (development) {
  for (const { id, truth, predicted, probabilities } of each.filter((prediction) => prediction.truth !== prediction.predicted)) {
    const { failure } = half.find((row) => row.id === id);
    say(`${id}: ${truth} taken for ${predicted} (${probabilities[predicted].toFixed(2)}): ${JSON.stringify({ query: failure.query, response: failure.response, correction: failure.correction, comments: failure.comments, reasons: failure.reasons, signals: failure.signals.map(({ name, evidence }) => [name, evidence.evaluator ?? evidence.next]) })}`);
  }
  const fitted = fitScaling(half, { clusters: 400, seed: 5 });
  say(`fitted on this half: sharpness ${fitted.sharpness} (in use ${SHARPNESS}), correlation ${fitted.correlation} (in use ${CLUSTER_CORRELATION})`);
}
if (measured.macroF1 < MACRO_F1_MIN) {
  say(`macro F1 is below ${MACRO_F1_MIN}`);
  process.exitCode = 1;
}
