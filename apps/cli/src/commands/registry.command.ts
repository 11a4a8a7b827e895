import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type CommandIo, EXIT, UsageError } from '../command-module.js';
import { MlflowClient, MlflowError } from '../registry/mlflow-client.js';
import { exportModel } from '../registry/mlflow-export.js';
import { mlflowModels } from '../registry/mlflow-records.js';
import type { MlflowModel } from '../registry/mlflow-records.js';
import { printLineage, printVersion, printVersions, versionJson } from '../registry/print-version.js';
import { VersionLog } from '../registry/version-log.js';
import type { VersionSelection } from '../registry/version-log.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';

type Options = KafkaOptions & VersionSelection & { readonly json?: boolean };

const read = (options: Options): Promise<VersionLog> => withKafka(options, (kafka) => VersionLog.read(kafka));

const list = async (options: Options, io: CommandIo): Promise<void> => {
  const versions = (await read(options)).list(options);
  if (options.json) for (const version of versions) io.stdout.write(`${JSON.stringify(versionJson(version))}\n`);
  else if (versions.length > 0) io.stdout.write(`${printVersions(versions)}\n`);
  else io.stderr.write('there are no versions yet\n');
};

const show = async (versionId: string, options: Options, io: CommandIo): Promise<void> => {
  const version = (await read(options)).require(versionId, options);
  io.stdout.write(`${options.json ? JSON.stringify(versionJson(version)) : printVersion(version)}\n`);
};

const lineage = async (versionId: string, options: Options, io: CommandIo): Promise<void> => {
  const log = await read(options);
  const version = log.require(versionId, options);
  const line = log.lineage(version);
  if (options.json) for (const one of line) io.stdout.write(`${JSON.stringify(versionJson(one))}\n`);
  else io.stdout.write(`${printLineage(line, log.childrenOf(version))}\n`);
};

const isAddress = (to: string): boolean => /^https?:\/\//iu.test(to);

const send = async (url: string, models: readonly MlflowModel[], io: CommandIo): Promise<void> => {
  const client = new MlflowClient(url);
  try {
    for (const model of models) await exportModel(client, model);
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    io.stderr.write(`${error.message}; ${client.changes} changes were made before, run it again to go on\n`);
    io.exitCode = EXIT.failed;
    return;
  }
  io.stderr.write(`${models.length} registered models, ${models.reduce((sum, { versions }) => sum + versions.length, 0)} versions; ${client.changes} changes\n`);
};

const exportTo = async ({ toMlflow, ...options }: Options & { readonly toMlflow: string }, io: CommandIo): Promise<void> => {
  if (isAddress(toMlflow) && !URL.canParse(toMlflow)) throw new UsageError('--to-mlflow is no address');
  const models = mlflowModels((await read(options)).list(options));
  if (isAddress(toMlflow)) return send(toMlflow, models, io);
  const content = models.map((model) => `${JSON.stringify(model)}\n`).join('');
  if (toMlflow === '-') io.stdout.write(content);
  else await writeFile(toMlflow, content);
  return undefined;
};

const withSelection = (command: Command): Command =>
  withKafkaOptions(command).option('--model <name>', 'of this model alone').option('--workload <name>', 'of this workload alone');

/** `ratchet registry`: which versions there are, where they come from, and what became of them. */
export const register = (command: Command, io: CommandIo): void => {
  withSelection(command.command('list'))
    .description('show all versions')
    .option('--json', 'one line of JSON each')
    .action((options: Options) => list(options, io));
  withSelection(command.command('show'))
    .description('show one version: its cycle, data, parameters, metrics, cost, gates and state')
    .argument('<version>', 'its id')
    .option('--json', 'one line of JSON')
    .action((id: string, options: Options) => show(id, options, io));
  withSelection(command.command('lineage'))
    .description('show the versions that one was made from, and those that were made from it')
    .argument('<version>', 'its id')
    .option('--json', 'one line of JSON for each, from the first to the version itself')
    .action((id: string, options: Options) => lineage(id, options, io));
  withSelection(command.command('export'))
    .description('make a registered model of each target in MLflow, with versions, runs and aliases; a second export changes only what has changed')
    .requiredOption('--to-mlflow <url or file>', "MLflow's tracking server, or a file to write the same to as JSON lines; - is standard output")
    .addHelpText('after', '\nName and password, or a token, in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.')
    .action((options: Options & { readonly toMlflow: string }) => exportTo(options, io));
};
