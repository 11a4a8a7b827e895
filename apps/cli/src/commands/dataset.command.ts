import { Option } from 'commander';
import type { Command } from 'commander';
import type { CommandIo } from '../command-module.js';
import { readDatasets } from '../datasets/dataset-index.js';
import type { StoredDataset } from '../datasets/dataset-index.js';
import { dpoRow, selectExamples, sftRow } from '../datasets/export-rows.js';
import type { Selection } from '../datasets/export-rows.js';
import { readFailedAnswers } from '../datasets/failed-answers.js';
import { suiteEvents } from '../datasets/suite-events.js';
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
  readonly format: 'sft' | 'dpo';
}

const importSuite = async (file: string, { suite, model, workload, ...options }: ImportOptions, io: CommandIo): Promise<void> => {
  const purpose = `${suite}_suite` as const;
  const items = parseSuiteItems(await readInput(file, io), { source: nameOfInput(file), purpose });
  const events = suiteEvents({ model, workload }, purpose, items);
  await withKafka(options, (kafka) => sendEvents(kafka, events));
  const { datasetId } = events[0]?.data as { datasetId: string };
  io.stdout.write(`${datasetId}\n`);
  io.stderr.write(`${items.length} items are the ${suite} suite of ${model}/${workload} from now on\n`);
};

const exportExamples = async ({ format, dataset, split, ...options }: ExportOptions, io: CommandIo): Promise<void> =>
  withKafka(options, async (kafka) => {
    const examples = selectExamples(await readDatasets(kafka), { split, ...(dataset !== undefined && { dataset }) });
    const answers = format === 'dpo' ? await readFailedAnswers(kafka, examples) : new Map<string, string>();
    const rows = examples.map((example) => (format === 'dpo' ? dpoRow(example, answers) : sftRow(example))).filter((row) => row !== undefined);
    for (const row of rows) io.stdout.write(`${JSON.stringify(row)}\n`);
    const left = examples.length - rows.length;
    io.stderr.write(`${rows.length} of ${examples.length} examples${left > 0 ? `; ${left} have no known failed answer to prefer theirs to` : ''}\n`);
  });

const summaryOf = ({ datasetId, model, workload, examples, versioned }: StoredDataset): object => ({
  datasetId,
  model,
  workload,
  purpose: versioned?.purpose ?? null,
  complete: versioned !== undefined,
  train: versioned?.trainCount ?? null,
  test: versioned?.testCount ?? null,
  rowsRead: examples.size,
  versionedAt: versioned?.versionedAt ?? null,
});

const listDatasets = async ({ json, ...options }: KafkaOptions & { json?: boolean }, io: CommandIo): Promise<void> =>
  withKafka(options, async (kafka) => {
    const datasets = [...(await readDatasets(kafka)).values()];
    if (json) {
      for (const dataset of datasets) io.stdout.write(`${JSON.stringify(summaryOf(dataset))}\n`);
      return;
    }
    const rows = datasets.map(({ datasetId, model, workload, versioned }) => [datasetId, `${model}/${workload}`, versioned?.purpose ?? 'not complete', versioned?.trainCount ?? '–', versioned?.testCount ?? '–', versioned?.versionedAt ?? '–']);
    if (rows.length > 0) io.stdout.write(`${plainTable(['dataset', 'target', 'purpose', 'train', 'test', 'versioned'], rows)}\n`);
    else io.stderr.write('there are no datasets yet\n');
  });

/** `ratchet dataset`: suites in, training files out. */
export const register = (command: Command, io: CommandIo): void => {
  withKafkaOptions(command.command('import'))
    .description('make the items of a file a regression or safety suite of a target')
    .argument('<file>', '{id?, input|text|messages, output, category} as JSON lines; - is standard input')
    .addOption(new Option('--suite <kind>', 'which suite it becomes').choices(['general', 'safety']).makeOptionMandatory())
    .requiredOption('--model <name>', 'the model that clients ask for')
    .option('--workload <name>', 'its workload', 'default')
    .action((file: string, options: ImportOptions) => importSuite(file, options, io));
  withKafkaOptions(command.command('export'))
    .description('write examples as a fine-tuning file, in the shapes of OpenAI')
    .addOption(new Option('--format <format>', 'sft: questions with answers; dpo: the right answer preferred to the failed one').choices(['sft', 'dpo']).makeOptionMandatory())
    .option('--dataset <id>', 'one dataset (default: all training datasets)')
    .addOption(new Option('--split <split>', 'test examples judge candidates, so that training on them would blind the gates').choices(['train', 'test', 'all']).default('train'))
    .action((options: ExportOptions) => exportExamples(options, io));
  withKafkaOptions(command.command('list'))
    .description('show all datasets')
    .option('--json', 'one line of JSON each')
    .action((options: KafkaOptions & { json?: boolean }) => listDatasets(options, io));
};
