import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued, commandSchema } from '@ratchet/domain';
import type { Command as Order, ExperimentUpdated, Target } from '@ratchet/domain';
import { newEventId } from '@ratchet/observability';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { type CommandIo, EXIT, UsageError } from '../command-module.js';
import type { Person } from '../commands-out/command-events.js';
import { awaitAnswer } from '../experiments/await-answer.js';
import { EXPERIMENT_TOPICS, ExperimentLog } from '../experiments/experiment-log.js';
import { printExperiment, printExperiments } from '../experiments/print-experiment.js';
import { printableText } from '../printable-text.js';
import { cliEvent } from '../stack/cli-event.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { readEvents } from '../stack/read-topics.js';
import { readRouting, requireTarget } from '../stack/read-routing.js';
import { sendEvents } from '../stack/send-events.js';

/** The rollout-controller answers within a second or two, unless it is down or far behind. */
const ANSWER_WITHIN_MS = 30_000;
const TEXT_CHARS_MAX = 500;

interface PersonOptions extends KafkaOptions, Person, Target {}
interface StartOptions extends PersonOptions {
  readonly treatment: string;
  readonly control?: string;
  readonly share?: number;
  readonly controlShare?: number;
  readonly unitsPerArm?: number;
  readonly looks?: number;
  readonly open?: boolean;
  readonly alpha?: number;
  readonly margin?: number;
  readonly onWin?: 'keep' | 'rollout';
}
type StopOptions = PersonOptions & { readonly experiment?: string };
type ListOptions = KafkaOptions & Partial<Target> & { readonly json?: boolean };

const numberOf = (value: string): number => {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('give a number');
  return number;
};

const fieldsOf = ({ actor, reason, model, workload }: PersonOptions) => ({ commandId: newEventId(), actor, reason, model, workload, issuedAt: new Date().toISOString() });

/** The schema of commands says what may be ordered; the option's name, where it is wrong. */
const orderOf = (order: object): EventEnvelope<Order> => {
  const parsed = commandSchema.safeParse(order);
  if (parsed.success) return cliEvent(commandIssued, parsed.data);
  throw new UsageError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
};

const DEFAULT_UNITS_PER_ARM = 1000;
const DEFAULT_LOOKS = 5;

const startOrder = (options: StartOptions): EventEnvelope<Order> => {
  const { treatment, control, share, controlShare, unitsPerArm, looks, open, alpha, margin, onWin } = options;
  if (open && (unitsPerArm !== undefined || looks !== undefined)) throw new UsageError('--open has no end: it takes no --units-per-arm and no --looks');
  if (control === treatment) throw new UsageError('--treatment and --control are the same version');
  const plan = open ? { type: 'open' } : { type: 'fixed', unitsPerArm: unitsPerArm ?? DEFAULT_UNITS_PER_ARM, looks: looks ?? DEFAULT_LOOKS };
  return orderOf({ name: 'experiment.start', ...fieldsOf(options), treatment, control, share, controlShare, plan, alpha, margin, onWin });
};

const send = async (options: PersonOptions, event: EventEnvelope<Order>, isAnswer: (updated: ExperimentUpdated) => boolean): Promise<ExperimentUpdated | undefined> =>
  withKafka(options, async (kafka) => {
    requireTarget(options, await readRouting(kafka));
    return awaitAnswer(kafka, { send: () => sendEvents(kafka, [event]), isAnswer, withinMs: ANSWER_WITHIN_MS });
  });

const failWith = (io: CommandIo, message: string): void => {
  io.stderr.write(`${printableText(message, TEXT_CHARS_MAX)}\n`);
  io.exitCode = EXIT.failed;
};

const start = async (options: StartOptions, io: CommandIo): Promise<void> => {
  const event = startOrder(options);
  const { commandId } = event.data;
  const answer = await send(options, event, ({ experimentId }) => experimentId === commandId);
  if (!answer) return failWith(io, `the rollout-controller has not answered command ${commandId} within ${ANSWER_WITHIN_MS / 1_000} s; it will take it up when it runs (\`ratchet status\`)`);
  if (answer.status === 'cancelled') return failWith(io, `there is no experiment: ${answer.reason}`);
  io.stdout.write(`${commandId}\n`);
  if (answer.status === 'queued') io.stderr.write('it starts as soon as nothing else has the traffic of its target\n');
};

const stop = async (options: StopOptions, io: CommandIo): Promise<void> => {
  const event = orderOf({ name: 'experiment.stop', ...fieldsOf(options), experimentId: options.experiment });
  const since = Date.now();
  const answer = await send(options, event, ({ experimentId, model, workload, status, updatedAt }) => {
    const isMeant = options.experiment === undefined ? model === options.model && workload === options.workload : experimentId === options.experiment;
    return isMeant && (status === 'concluded' || status === 'cancelled') && Date.parse(updatedAt) >= since - ANSWER_WITHIN_MS;
  });
  if (!answer) return failWith(io, 'no experiment has ended by it: there is none that is open, or the rollout-controller does not run (`ratchet experiment list`, `ratchet status`)');
  io.stdout.write(`${answer.experimentId}\n`);
};

const readLog = async (options: KafkaOptions): Promise<ExperimentLog> => {
  const log = new ExperimentLog();
  await withKafka(options, (kafka) => readEvents({ kafka, topics: EXPERIMENT_TOPICS, onEvent: (event) => log.take(event) }));
  return log;
};

const list = async ({ model, workload, json, ...options }: ListOptions, io: CommandIo): Promise<void> => {
  const experiments = (await readLog(options)).list().filter(({ updated }) => (model === undefined || updated.model === model) && (workload === undefined || updated.workload === workload));
  if (json) for (const experiment of experiments) io.stdout.write(`${JSON.stringify(experiment)}\n`);
  else if (experiments.length > 0) io.stdout.write(`${printExperiments(experiments)}\n`);
  else io.stderr.write('there are no experiments yet\n');
};

const show = async (id: string, { json, ...options }: ListOptions, io: CommandIo): Promise<void> => {
  const known = (await readLog(options)).get(id);
  if (!known) throw new UsageError(`there is no experiment ${printableText(id, TEXT_CHARS_MAX)}: \`ratchet experiment list\` shows which there are`);
  io.stdout.write(`${json ? JSON.stringify(known) : printExperiment(known)}\n`);
};

const withPerson = (command: Command): Command =>
  withKafkaOptions(command)
    .requiredOption('--model <name>', 'the model')
    .option('--workload <name>', 'its workload', 'default')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .requiredOption('--actor <name>', 'who orders it, for the audit log');

/** `ratchet experiment`: A/B tests of any two versions. */
export const register = (command: Command, io: CommandIo): void => {
  withPerson(command.command('start'))
    .description('split the traffic between two versions until a verdict; prints the id of the experiment, or says why there is none')
    .requiredOption('--treatment <version>', 'the version to try')
    .option('--control <version>', 'the version to compare with; the champion without it')
    .option('--share <fraction>', "the treatment's part of all traffic, 0 to 1 (0.5)", numberOf)
    .option('--control-share <fraction>', "the control's part; as much as the treatment's, or what is left", numberOf)
    .option('--units-per-arm <n>', `units of the smaller arm at the planned end (${DEFAULT_UNITS_PER_ARM})`, numberOf)
    .option('--looks <n>', `looks until then, the last one included (${DEFAULT_LOOKS})`, numberOf)
    .option('--open', 'without a planned end')
    .option('--alpha <rate>', 'error rate over all looks (0.05)', numberOf)
    .option('--margin <fraction>', "difference that does not matter, of the control's success rate (0.05)", numberOf)
    .addOption(new Option('--on-win <what>', 'what follows where the treatment wins against the champion').choices(['keep', 'rollout']))
    .action((options: StartOptions) => start(options, io));
  withPerson(command.command('stop'))
    .description('end an experiment; it concludes with what is shown by then')
    .option('--experiment <id>', 'which one; the running one without it')
    .action((options: StopOptions) => stop(options, io));
  withKafkaOptions(command.command('list'))
    .description('show all experiments, by their last change')
    .option('--model <name>', 'of this model alone')
    .option('--workload <name>', 'of this workload alone')
    .option('--json', 'one line of JSON each')
    .action((options: ListOptions) => list(options, io));
  withKafkaOptions(command.command('show'))
    .description('show one experiment: plan, arms, difference with its interval, split, segments')
    .argument('<id>', 'of the experiment')
    .option('--json', 'one line of JSON')
    .action((id: string, options: ListOptions) => show(id, options, io));
};
