import { Option } from 'commander';
import type { Command } from 'commander';
import type { CommandIo } from '../command-module.js';
import { countsOf, diffDatasets } from '../datasets/dataset-diff.js';
import { DatasetLog } from '../datasets/dataset-log.js';
import type { KnownDataset } from '../datasets/dataset-log.js';
import { printDiff, printReport, reportDataset } from '../datasets/dataset-report.js';
import { exportExamples, writeLine } from '../datasets/export-examples.js';
import type { Selection } from '../datasets/export-examples.js';
import type { ExportFormat, PreferenceFields } from '../datasets/export-rows.js';
import { contentHashOf, suiteEvents } from '../datasets/suite-events.js';
import { currentSuite, printChanges } from '../datasets/suite-changes.js';
import { parseSuiteItems } from '../datasets/suite-items.js';
import { nameOfInput, readInput } from '../json-input.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { plainTable } from '../stack/plain-table.js';
import { sendEvents } from '../stack/send-events.js';

interface ImportOptions extends KafkaOptions {
  readonly suite: 'general' | 'safety';
  readonly model: string;
  readonly workload: string;
}

interface ExportOptions extends KafkaOptions, Selection {
  readonly format: ExportFormat;
  readonly fields: PreferenceFields;
}

type JsonOptions = KafkaOptions & { readonly json?: boolean };

const importSuite = async (file: string, { suite, model, workload, ...options }: ImportOptions, io: CommandIo): Promise<void> => {
  const purpose = `${suite}_suite` as const;
  const items = parseSuiteItems(await readInput(file, io), { source: nameOfInput(file), purpose });
  const contentHash = contentHashOf(items);
  await withKafka(options, async (kafka) => {
    const current = await currentSuite(kafka, { model, workload }, purpose);
    if (current?.contentHash === contentHash) {
      io.stdout.write(`${current.datasetId}\n`);
      io.stderr.write(`nothing changed: these ${items.length} items are the ${suite} suite of ${model}/${workload} already (version ${contentHash.slice(0, 12)})\n`);
      return;
    }
    const events = suiteEvents({ model, workload }, purpose, items);
    await sendEvents(kafka, events);
    io.stdout.write(`${(events[0]?.data as { datasetId: string }).datasetId}\n`);
    io.stderr.write(`${items.length} items are the ${suite} suite of ${model}/${workload} from now on (version ${contentHash.slice(0, 12)})${current ? `; ${printChanges(current.rows, items)}` : ''}\n`);
  });
};

const exportRows = async ({ format, fields, dataset, until, split, ...options }: ExportOptions, io: CommandIo): Promise<void> =>
  withKafka(options, async (kafka) => {
    const counts = await exportExamples(kafka, io.stdout, { format, fields, split, ...(dataset !== undefined && { dataset }), ...(until !== undefined && { until }) });
    const left = [
      ...(counts.withoutFailedAnswer > 0 ? [`${counts.withoutFailedAnswer} have no known failed answer to prefer theirs to`] : []),
      ...(counts.notValid > 0 ? [`${counts.notValid} make no valid line`] : []),
      ...(counts.withdrawn > 0 ? [`${counts.withdrawn} more were withdrawn`] : []),
    ];
    io.stderr.write(`${[`${counts.written} of ${counts.examples} examples`, ...left].join('; ')}\n`);
  });

const summaryOf = ({ datasetId, model, workload, rows, closed }: KnownDataset): object => ({
  datasetId,
  model,
  workload,
  purpose: closed?.versioned.purpose ?? null,
  complete: closed !== undefined,
  train: closed?.versioned.trainCount ?? null,
  test: closed?.versioned.testCount ?? null,
  rowsRead: rows,
  previousDatasetId: closed?.versioned.previousDatasetId ?? null,
  contentHash: closed?.versioned.contentHash ?? null,
  versionedAt: closed?.versioned.versionedAt ?? null,
});

const listDatasets = async ({ json, ...options }: JsonOptions, io: CommandIo): Promise<void> =>
  withKafka(options, async (kafka) => {
    const datasets = [...(await DatasetLog.read(kafka)).datasets.values()];
    if (json) {
      for (const dataset of datasets) await writeLine(io.stdout, JSON.stringify(summaryOf(dataset)));
      return;
    }
    const rows = datasets.map(({ datasetId, model, workload, closed }) => [datasetId, `${model}/${workload}`, closed?.versioned.purpose ?? 'not complete', closed?.versioned.trainCount ?? '–', closed?.versioned.testCount ?? '–', closed?.versioned.versionedAt ?? '–']);
    if (rows.length > 0) io.stdout.write(`${plainTable(['dataset', 'target', 'purpose', 'train', 'test', 'versioned'], rows)}\n`);
    else io.stderr.write('there are no datasets yet\n');
  });

const showDataset = async (datasetId: string, { json, ...options }: JsonOptions, io: CommandIo): Promise<void> =>
  withKafka(options, async (kafka) => {
    const report = await reportDataset(kafka, await DatasetLog.read(kafka), datasetId);
    io.stdout.write(`${json ? JSON.stringify(report) : printReport(report)}\n`);
  });

const diff = async (from: string, to: string, { json, ...options }: JsonOptions, io: CommandIo): Promise<void> =>
  withKafka(options, async (kafka) => {
    const found = await diffDatasets(kafka, await DatasetLog.read(kafka), { from, to });
    if (!json) {
      io.stdout.write(`${printDiff(found)}\n`);
      return;
    }
    await writeLine(io.stdout, JSON.stringify({ from, to, added: { examples: found.added.length, ...countsOf(found.added) }, removed: { examples: found.removed.length, ...countsOf(found.removed) }, changed: found.changed.length }));
    for (const example of found.added) await writeLine(io.stdout, JSON.stringify({ change: 'added', ...example }));
    for (const example of found.removed) await writeLine(io.stdout, JSON.stringify({ change: 'removed', ...example }));
    for (const change of found.changed) await writeLine(io.stdout, JSON.stringify({ change: 'answer', ...change }));
  });

const registerReading = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command.command('list'))
    .description('show all datasets')
    .option('--json', 'one line of JSON each')
    .action((options: JsonOptions) => listDatasets(options, io));
  withKafkaOptions(command.command('show'))
    .description('show one dataset: where its examples come from, and what was trained on it')
    .argument('<id>', 'of the dataset')
    .option('--json', 'one line of JSON')
    .action((id: string, options: JsonOptions) => showDataset(id, options, io));
  withKafkaOptions(command.command('diff'))
    .description('what the version of the second dataset has that of the first has not')
    .argument('<from>', 'a dataset: its version is all of the target up to it')
    .argument('<to>', 'another dataset of the same target')
    .option('--json', 'counts as one line of JSON, then a line for each example')
    .action((from: string, to: string, options: JsonOptions) => diff(from, to, options, io));
};

/** `ratchet dataset`: suites in, training files out, and what lies between versions. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command.command('import'))
    .description('make the items of a file a regression or safety suite of a target')
    .argument('<file>', '{id?, input|text|messages, output or check, category?, scorer?} as JSON lines; - is standard input')
    .addOption(new Option('--suite <kind>', 'which suite it becomes').choices(['general', 'safety']).makeOptionMandatory())
    .requiredOption('--model <name>', 'the model that clients ask for')
    .option('--workload <name>', 'its workload', 'default')
    .action((file: string, options: ImportOptions) => importSuite(file, options, io));
  withKafkaOptions(command.command('export'))
    .description('write examples as a fine-tuning file')
    .addOption(new Option('--format <format>', 'sft: questions with answers; dpo: the right answer preferred to the failed one').choices(['sft', 'dpo']).makeOptionMandatory())
    .addOption(new Option('--fields <names>', 'names of a preference\'s sides: openai: input, preferred_output, non_preferred_output; chosen: prompt, chosen, rejected').choices(['openai', 'chosen']).default('openai'))
    .option('--dataset <id>', 'one dataset alone (default: all training datasets)')
    .option('--until <id>', 'the version of a dataset: it and all of its target before it')
    .addOption(new Option('--split <split>', 'test examples judge candidates, so that training on them would blind the gates').choices(['train', 'test', 'all']).default('train'))
    .action((options: ExportOptions) => exportRows(options, io));
  registerReading(command, io);
};
