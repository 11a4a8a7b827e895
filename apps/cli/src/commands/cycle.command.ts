import { targetKey } from '@ratchet/domain';
import type { Target } from '@ratchet/domain';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { type CommandIo, EXIT, UsageError } from '../command-module.js';
import { orderCommand } from '../commands-out/command-events.js';
import type { Person } from '../commands-out/command-events.js';
import { CYCLE_TOPICS, CycleLog, isOpenCycle, stateOfCycle } from '../cycles/cycle-log.js';
import type { KnownCycle } from '../cycles/cycle-log.js';
import { followCycles } from '../cycles/follow-cycles.js';
import type { CycleFollower } from '../cycles/follow-cycles.js';
import { cycleJson, printCycle, printCycles } from '../cycles/print-cycle.js';
import { printableText } from '../printable-text.js';
import { withKafka, withKafkaOptions } from '../stack/kafka-access.js';
import type { KafkaOptions } from '../stack/kafka-access.js';
import { readRouting, requireTarget } from '../stack/read-routing.js';
import { readEvents } from '../stack/read-topics.js';
import { sendEvents } from '../stack/send-events.js';

/** The dispatcher answers a command within a second or two, unless it is down or far behind. */
const ANSWER_WITHIN_MS = 30_000;
const MINUTE_MS = 60_000;
const TEXT_CHARS_MAX = 500;

interface PersonOptions extends KafkaOptions, Person, Target {}
type StartOptions = PersonOptions & { readonly wait?: boolean; readonly waitMinutes: number };
type ListOptions = KafkaOptions & Partial<Target> & { readonly json?: boolean };

const minutesOf = (value: string): number => {
  const minutes = Number(value);
  if (!Number.isFinite(minutes) || minutes <= 0) throw new InvalidArgumentError('give a number of minutes above 0');
  return minutes;
};

const waitForEnd = async (follower: CycleFollower, cycleId: string, { waitMinutes }: StartOptions, io: CommandIo): Promise<void> => {
  const waiting = (cycle: KnownCycle): boolean => isOpenCycle(cycle) && stateOfCycle(cycle) !== 'waiting for a person';
  const ended = await follower.until(() => {
    const cycle = follower.log.get(cycleId);
    return cycle && !waiting(cycle) ? cycle : undefined;
  }, waitMinutes * MINUTE_MS);
  const cycle = ended ?? follower.log.get(cycleId);
  if (cycle) io.stderr.write(`${printCycle(cycle)}\n`);
  if (!ended) io.stderr.write(`it has not ended within ${waitMinutes} minutes and goes on; see \`ratchet cycle show ${cycleId}\`\n`);
  const state = ended && stateOfCycle(ended);
  if (state === 'insufficient' || state === 'waiting for a person') io.exitCode = EXIT.insufficient;
  else if (state !== 'promoted') io.exitCode = EXIT.failed;
};

const start = async (options: StartOptions, io: CommandIo): Promise<void> => {
  const target = { model: options.model, workload: options.workload };
  const event = orderCommand({ order: 'train', target, person: options });
  await withKafka(options, async (kafka) => {
    requireTarget(target, await readRouting(kafka));
    await followCycles(kafka, async (follower) => {
      await sendEvents(kafka, [event]);
      const answer = await follower.until(() => follower.answerTo(event.id), ANSWER_WITHIN_MS);
      if (!answer || 'refusal' in answer) {
        const late = `the trainer-dispatcher has not answered command ${event.data.commandId} within ${ANSWER_WITHIN_MS / 1_000} s; it will take it up when it runs (\`ratchet status\`)`;
        io.stderr.write(`${answer ? printableText(answer.refusal, TEXT_CHARS_MAX) : late}\n`);
        io.exitCode = EXIT.failed;
        return;
      }
      io.stdout.write(`${answer.cycleId}\n`);
      if (options.wait) await waitForEnd(follower, answer.cycleId, options, io);
    });
  });
};

const cancel = async (options: PersonOptions, io: CommandIo): Promise<void> => {
  const target = { model: options.model, workload: options.workload };
  const event = orderCommand({ order: 'cancel', target, person: options });
  await withKafka(options, async (kafka) => {
    requireTarget(target, await readRouting(kafka));
    await followCycles(kafka, async (follower) => {
      const open = follower.log.list().findLast((cycle) => cycle.started && targetKey(cycle.started) === targetKey(target) && isOpenCycle(cycle));
      if (!open || stateOfCycle(open) !== 'training') {
        throw new UsageError(open ? `cycle ${open.cycleId} does not train any more (${stateOfCycle(open)}): reject its candidate with \`ratchet command reject\`` : `no cycle of ${targetKey(target)} is open`);
      }
      await sendEvents(kafka, [event]);
      const ended = await follower.until(() => {
        const cycle = follower.log.get(open.cycleId);
        return cycle?.failed || cycle?.registered ? cycle : undefined;
      }, ANSWER_WITHIN_MS);
      io.stdout.write(`${open.cycleId}\n`);
      if (ended?.failed) return;
      io.stderr.write(ended ? 'its training had just ended, and is judged now\n' : `it has not ended within ${ANSWER_WITHIN_MS / 1_000} s\n`);
      io.exitCode = EXIT.failed;
    });
  });
};

const readLog = async (options: KafkaOptions): Promise<CycleLog> => {
  const log = new CycleLog();
  await withKafka(options, (kafka) => readEvents({ kafka, topics: CYCLE_TOPICS, onEvent: (event) => log.take(event) }));
  return log;
};

const list = async ({ model, workload, json, ...options }: ListOptions, io: CommandIo): Promise<void> => {
  const cycles = (await readLog(options)).list().filter(({ started, registered }) => {
    const of = started ?? registered;
    return (model === undefined || of?.model === model) && (workload === undefined || of?.workload === workload);
  });
  if (json) for (const cycle of cycles) io.stdout.write(`${JSON.stringify(cycleJson(cycle))}\n`);
  else if (cycles.length > 0) io.stdout.write(`${printCycles(cycles)}\n`);
  else io.stderr.write('there are no cycles yet\n');
};

const show = async (cycleId: string, { json, ...options }: ListOptions, io: CommandIo): Promise<void> => {
  const cycle = (await readLog(options)).get(cycleId);
  if (!cycle) throw new UsageError(`there is no cycle ${printableText(cycleId, TEXT_CHARS_MAX)}: \`ratchet cycle list\` shows which there are`);
  io.stdout.write(`${json ? JSON.stringify(cycleJson(cycle)) : printCycle(cycle)}\n`);
};

const withPerson = (command: Command): Command =>
  withKafkaOptions(command)
    .requiredOption('--model <name>', 'the model')
    .option('--workload <name>', 'its workload', 'default')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .requiredOption('--actor <name>', 'who orders it, for the audit log');

/** `ratchet cycle`: begin, end and look at improvement cycles. */
export const register = (command: Command, io: CommandIo): void => {
  withPerson(command.command('start'))
    .description('train on all examples that wait, whatever the triggers say; prints the id of the cycle, or says why none was begun')
    .option('--wait', 'until the cycle has ended')
    .option('--wait-minutes <n>', 'how long at most', minutesOf, 24 * 60)
    .addHelpText('after', '\nExit code: 0 begun (with --wait: promoted), 1 not begun (with --wait: not promoted), 2 bad usage, 3 with --wait: too little evidence.')
    .action((options: StartOptions) => start(options, io));
  withPerson(command.command('cancel'))
    .description('end the training of the open cycle; its examples wait again')
    .action((options: PersonOptions) => cancel(options, io));
  withKafkaOptions(command.command('list'))
    .description('show all cycles, by their start')
    .option('--model <name>', 'of this model alone')
    .option('--workload <name>', 'of this workload alone')
    .option('--json', 'one line of JSON each')
    .action((options: ListOptions) => list(options, io));
  withKafkaOptions(command.command('show'))
    .description('show one cycle: what every trigger saw, what it trained on, its verdict and its rollout')
    .argument('<id>', 'of the cycle')
    .option('--json', 'one line of JSON')
    .action((id: string, options: ListOptions) => show(id, options, io));
};
