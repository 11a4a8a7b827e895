import { createHash } from 'node:crypto';

import {
  agreementAt, calibrationErrorOf, feedbackLabels, labelledRows, type LoggedEvent, logLossOfRows, type Learnt, learnWeights, probabilityOf, reliabilityByWidth, rocAucOf, signalsConfigSchema,
} from '@ratchet/signals';
import type { Command } from 'commander';

import { type CommandIo, EXIT } from '../command-module.js';
import { type Detection, type DetectionOptions, readDetection, withDetectionOptions } from '../signals/read-detection.js';
import { formatOption, formatsHelp, readWholeLog } from '../logs/read-log.js';
import { readLabels } from '../signals/read-labels.js';
import { writeOutput } from '../write-output.js';

interface LabelOptions extends DetectionOptions {
  readonly labels?: string;
  readonly format?: string;
}

interface FitOptions extends LabelOptions {
  readonly out?: string;
  readonly keepBias?: boolean;
}

interface Labelled {
  readonly events: readonly LoggedEvent[];
  readonly labels: ReadonlyMap<string, 0 | 1>;
  readonly source: string;
}

const LOG = 'the log, as `ratchet detect` reads it, with feedback; - is standard input';

/** Four decimals are more than the labels can tell. */
const shortened = (_key: string, value: unknown): unknown => (typeof value === 'number' ? (Number.isFinite(value) ? Math.round(value * 10_000) / 10_000 : null) : value);

const readLabelled = async (file: string, { labels, format }: LabelOptions, { config }: Detection, io: CommandIo): Promise<Labelled> => {
  const events = await readWholeLog(file, io, { format });
  if (labels === undefined) return { events, labels: feedbackLabels(events, signalsConfigSchema.parse(config)), source: 'feedback of a log' };
  const read = await readLabels(labels, io);
  const known = new Set(events.flatMap(({ event }) => (event.type === 'ratchet.interaction.completed' ? [event.data.interactionId] : [])));
  const unknown = [...read.keys()].filter((id) => !known.has(id));
  if (unknown.length > 0) io.stderr.write(`${unknown.length} of ${read.size} labels are for interactions that the log does not have, ${JSON.stringify(unknown[0])} for one\n`);
  return { events, labels: read, source: 'a file of labels' };
};

/** Another version for other labels, and the same one for the same. */
const versionOf = (base: string, labels: ReadonlyMap<string, 0 | 1>): string => {
  const said = [...labels].map(([id, label]) => `${id} ${label}`).sort().join('\n');
  return `${base.split('+')[0]}+${createHash('sha256').update(said).digest('hex').slice(0, 8)}`;
};

const report = (learnt: Exclude<Learnt, { outcome: 'insufficient' }>): string => {
  const { comparison, training } = learnt;
  const row = (name: string, { threshold, precision, recall, f1, rocAuc, calibrationError, logLoss }: typeof comparison.old): string =>
    `${name}  threshold ${threshold.toFixed(2)}  precision ${precision.toFixed(3)}  recall ${recall.toFixed(3)}  F1 ${f1.toFixed(3)}  ROC-AUC ${rocAuc.toFixed(3)}  calibration error ${calibrationError.toFixed(3)}  log loss ${logLoss.toFixed(4)}\n`;
  return [
    `learnt from ${training.labels} labelled interactions (${training.failures} failed); held out ${comparison.labels} (${comparison.failures} failed) of ${comparison.conversations} conversations\n`,
    row('old', comparison.old),
    row('new', comparison.new),
  ].join('');
};

const fit = async (file: string, { out, keepBias = false, ...options }: FitOptions, io: CommandIo): Promise<void> => {
  const detection = await readDetection(options, io);
  const { events, labels, source } = await readLabelled(file, options, detection, io);
  const { config, weights: start } = detection;
  const learnt = learnWeights({ events, labels, start, source, config, keepBias, version: versionOf(start.version, labels) });
  if (learnt.outcome === 'insufficient') {
    io.stderr.write(`too little to learn from: ${learnt.message}\n`);
    io.exitCode = EXIT.insufficient;
    return;
  }
  const { weights, comparison, training } = learnt;
  io.stderr.write(report(learnt));
  const written = comparison.worse === undefined && out !== undefined;
  if (written) await writeOutput(out, { what: 'the weights', text: `${JSON.stringify(weights, null, 2)}\n` });
  io.stdout.write(`${JSON.stringify({ version: weights.version, from: start.version, training, heldOut: comparison, written }, shortened)}\n`);
  if (comparison.worse !== undefined) {
    io.stderr.write(`not written: ${comparison.worse}\n`);
    io.exitCode = EXIT.failed;
  }
};

const check = async (file: string, options: LabelOptions, io: CommandIo): Promise<void> => {
  const detection = await readDetection(options, io);
  const { config, weights } = detection;
  const rows = labelledRows({ ...(await readLabelled(file, options, detection, io)), config });
  const scored = rows.map((row) => ({ probability: probabilityOf(weights, row), label: row.label }));
  const failures = scored.reduce((sum, { label }) => sum + label, 0);
  if (failures === 0 || failures === scored.length) {
    io.stderr.write(`${scored.length} labelled interactions, ${failures} of them failed: it takes both kinds\n`);
    io.exitCode = EXIT.insufficient;
    return;
  }
  const { threshold, version } = weights;
  const reliability = reliabilityByWidth(scored);
  const measures = { threshold, ...agreementAt(scored, threshold), rocAuc: rocAucOf(scored), calibrationError: calibrationErrorOf(reliability), logLoss: logLossOfRows(scored) };
  io.stdout.write(`${JSON.stringify({ version, labels: scored.length, failures, ...measures, reliability }, shortened)}\n`);
};

/** `ratchet signals`: how the failure probability agrees with what people said, and weights learnt from that. */
export const register = (command: Command, io: CommandIo): void => {
  const labels = ['--labels <path>', '{interactionId, label: failed|ok} as JSON lines, in place of the feedback in the log'] as const;
  withDetectionOptions(command.command('fit'))
    .description('learn the weights of the failure probability from feedback; written only where they are not worse than those in use')
    .argument('<file>', LOG)
    .option(...formatOption)
    .option(...labels)
    .option('--out <path>', 'where to write the new weights')
    .option('--keep-bias', 'keep the share of failures in general: for feedback that is no random sample')
    .addHelpText('after', formatsHelp)
    .action((file: string, options: FitOptions) => fit(file, options, io));
  withDetectionOptions(command.command('check'))
    .description('measure how the failure probability agrees with the feedback in a log')
    .argument('<file>', LOG)
    .option(...formatOption)
    .option(...labels)
    .addHelpText('after', formatsHelp)
    .action((file: string, options: LabelOptions) => check(file, options, io));
};
