import type { ExperimentUpdated } from '@ratchet/domain';
import { reportedText } from '../printable-text.js';
import { plainTable } from '../stack/plain-table.js';
import type { KnownExperiment } from './experiment-log.js';

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
const stateOf = ({ updated, concluded }: KnownExperiment): string => concluded?.verdict ?? updated.status;
const targetOf = ({ model, workload }: ExperimentUpdated): string => reportedText(`${model}/${workload}`);
const planOf = ({ plan }: ExperimentUpdated): string => (plan.type === 'open' ? 'open-ended' : `${plan.unitsPerArm} units an arm, ${plan.looks} looks`);

export const printExperiments = (experiments: readonly KnownExperiment[]): string =>
  plainTable(
    ['experiment', 'target', 'treatment', 'control', 'plan', 'state', 'changed'],
    experiments.map((known) => [known.updated.experimentId, targetOf(known.updated), known.updated.treatment, known.updated.control, planOf(known.updated), stateOf(known), known.updated.updatedAt]),
  );

const readingLines = ({ reading }: ExperimentUpdated): string[] => {
  if (!reading) return ['reading     none yet'];
  const { difference, lower, upper, pValue, arms, adjusted, segments = [], sampleRatio } = reading;
  const interval = (value: { difference: number; lower: number; upper: number }): string => `${percent(value.difference)}, between ${percent(value.lower)} and ${percent(value.upper)}`;
  return [
    ...(arms ? [`counted     treatment ${arms.treatment.failed} of ${arms.treatment.units} failed, control ${arms.control.failed} of ${arms.control.units}`] : []),
    `difference  ${interval({ difference, lower, upper })} (treatment minus control, success rate)`,
    ...(adjusted ? [`adjusted    ${interval(adjusted)} with ${percent(adjusted.varianceRatio)} of the variance; this one decides`] : []),
    ...(pValue === undefined ? [] : [`p           ${pValue.toPrecision(3)}, adjusted for the looks`]),
    ...(typeof sampleRatio?.bayesFactor !== 'number' ? [] : [`split       Bayes factor ${sampleRatio.bayesFactor.toPrecision(3)}${sampleRatio.broken ? ': broken, no winner' : ''}`]),
    ...segments.map(({ segment, verdict, pValue: p, ...rest }) => `  ${reportedText(segment)} ${verdict}: ${interval(rest)}, p ${p.toPrecision(3)} for all segments together`),
  ];
};

/** One experiment for people. */
export const printExperiment = (known: KnownExperiment): string => {
  const { updated } = known;
  return [
    `experiment  ${updated.experimentId} of ${targetOf(updated)}: ${stateOf(known)}`,
    `arms        treatment ${updated.treatment} with ${percent(updated.share)}, control ${updated.control} with ${percent(updated.controlShare)}`,
    `plan        ${planOf(updated)}, alpha ${updated.alpha}, margin ${percent(updated.margin)}; ${updated.looks} looks taken`,
    ...readingLines(updated),
    `last        ${updated.updatedAt} (${reportedText(updated.actor)}): ${reportedText(updated.reason)}`,
  ].join('\n');
};
