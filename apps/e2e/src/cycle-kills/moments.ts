import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Target } from '@ratchet/domain';
import type { SeededRandom } from '@ratchet/testing';
import { outboxLock } from './database-holds.js';
import type { DatabaseHold } from './database-holds.js';
import type { KillStack, KilledService } from './kill-stack.js';
import type { DoorHold, DoorSide, Exchange } from './model-door.js';

/** One cycle, as far as it must be known to find its moments. */
export interface CycleScene {
  readonly stack: KillStack;
  readonly random: SeededRandom;
  readonly target: Target;
  /** Of the target's first version, at the model server. */
  readonly baseModel: string;
  /** Chat requests before the cycle, and in a cycle that nobody disturbs. */
  readonly chatsBefore: number;
  readonly chatsUsual: number;
  /** Milliseconds that the training of a cycle takes that nobody disturbs. */
  readonly trainingMs: number;
}

/** The cycle stands still, or is about to, until it is released. */
export interface ArmedMoment {
  readonly reached: Promise<void>;
  release(): Promise<void>;
}

export interface Moment {
  readonly name: string;
  /** Who can be killed there. */
  readonly services: readonly KilledService[];
  readonly arm: (scene: CycleScene) => Promise<ArmedMoment>;
}

const LOOK_EVERY_MS = 15;
const trainer: KilledService = 'trainer-dispatcher';
const server: KilledService = 'model-server';
const judge: KilledService = 'evaluator';
const schemaOf = (service: KilledService): string => service.replaceAll('-', '_');

const isUpload = ({ method, path }: Exchange): boolean => method === 'POST' && path.endsWith('/files');
const isCreation = ({ method, path }: Exchange): boolean => method === 'POST' && path.endsWith('/fine_tuning/jobs');
const isPoll = ({ method, path }: Exchange): boolean => method === 'GET' && path.includes('/fine_tuning/jobs/');
const isSuccess = (exchange: Exchange): boolean => isPoll(exchange) && exchange.status === 200 && (JSON.parse(exchange.answer ?? '{}') as { status?: string }).status === 'succeeded';
const isChat = ({ path }: Exchange): boolean => path.endsWith('/chat/completions');

const armed = (hold: DoorHold, reached: Promise<void> = hold.reached): ArmedMoment => ({ reached, release: async () => hold.release() });
const atDoor =
  (side: DoorSide, match: (exchange: Exchange) => boolean) =>
  async ({ stack }: CycleScene): Promise<ArmedMoment> =>
    armed(stack.door.hold(side, match));

/** Training goes on for a part of its time; the trainer does not hear of it meanwhile. */
const duringTraining = async ({ stack, random, trainingMs }: CycleScene): Promise<ArmedMoment> => {
  const hold = stack.door.hold('asked', isPoll);
  return armed(hold, hold.reached.then(() => wait(random.between(0, trainingMs))));
};

/** The moment at which the model server writes is seen in its folder; `last` holds the cycle where that was missed. */
const onWrite =
  ({ folder, isWritten, side, last }: { folder: string; isWritten: (entry: string, scene: CycleScene) => boolean; side: DoorSide; last: (exchange: Exchange) => boolean }) =>
  async (scene: CycleScene): Promise<ArmedMoment> => {
    const hold = scene.stack.door.hold(side, last);
    const seen = Promise.withResolvers<void>();
    const watcher = watch(join(scene.stack.modelServerDir, folder), (_event, entry) => {
      if (entry !== null && isWritten(entry, scene)) seen.resolve();
    });
    return {
      reached: Promise.race([seen.promise, hold.reached]),
      release: async () => {
        watcher.close();
        hold.release();
      },
    };
  };

/** From the n-th question on, nobody is answered. */
const whileAnswers =
  (from: number, to: number) =>
  async ({ stack, random, chatsBefore, chatsUsual }: CycleScene): Promise<ArmedMoment> => {
    const nth = Math.max(1, Math.floor(chatsUsual * (from + random.next() * (to - from))));
    return armed(stack.door.hold('asked', (exchange) => isChat(exchange) && stack.door.chats - chatsBefore >= nth));
  };

const atLock =
  (lock: string) =>
  async ({ stack }: CycleScene): Promise<ArmedMoment> => {
    const hold = await stack.holds.hold(lock);
    return { reached: hold.reached, release: () => hold.release({ endWaiting: true }) };
  };

/** As soon as `begins` says that the time has come; the lock is taken in the meantime of whoever stands still. */
const atLateLock = (begins: Promise<DatabaseHold>): ArmedMoment => ({
  reached: begins.then((hold) => hold.reached),
  release: async () => (await begins).release({ endWaiting: true }),
});

/** A transaction of the service is committed, and the broker does not answer its relay: it is stopped before the commit. */
const untold = (service: KilledService, { stack }: CycleScene, begins: Promise<DatabaseHold>): ArmedMoment => {
  const schema = schemaOf(service);
  const reached = begins.then(async (hold) => {
    await hold.reached;
    stack.suspendKafka();
    await hold.release({ endWaiting: false });
    for (; (await stack.holds.looks.query(`select 1 from ${schema}.outbox limit 1`)).rowCount === 0; await wait(LOOK_EVERY_MS));
  });
  return { reached, release: async () => stack.resumeKafka() };
};

/** The trainer's lock, once it is about to hear that the training has ended. */
const whenTrained = ({ stack }: CycleScene): Promise<DatabaseHold> => {
  const door = stack.door.hold('answered', isSuccess);
  return door.reached.then(() => stack.holds.hold(outboxLock(schemaOf(trainer)))).finally(() => door.release());
};

/** The cycle's own row, once its candidate is being judged. */
const whenJudging = async ({ stack, target }: CycleScene): Promise<DatabaseHold> => {
  const judging = `select cycle_id from trainer_dispatcher.cycles where workload = '${target.workload}' and state = 'judging'`;
  for (; (await stack.holds.looks.query(judging)).rowCount === 0; await wait(LOOK_EVERY_MS));
  return stack.holds.hold(`${judging} for update`);
};

/** Every step of a cycle, in order. */
export const moments: readonly Moment[] = [
  { name: 'command read, cycle not committed', services: [trainer], arm: atLock(outboxLock(schemaOf(trainer))) },
  { name: 'cycle committed, not told', services: [trainer], arm: async (scene) => untold(trainer, scene, scene.stack.holds.hold(outboxLock(schemaOf(trainer)))) },
  { name: 'training file on its way', services: [trainer, server], arm: atDoor('asked', isUpload) },
  { name: 'training file being written', services: [server], arm: onWrite({ folder: 'files', isWritten: (entry) => entry.startsWith('file-'), side: 'answered', last: isUpload }) },
  { name: 'training file kept, not answered', services: [trainer, server], arm: atDoor('answered', isUpload) },
  { name: 'job on its way', services: [trainer, server], arm: atDoor('asked', isCreation) },
  { name: 'job made, not remembered', services: [trainer, server], arm: atDoor('answered', isCreation) },
  { name: 'training', services: [trainer, server], arm: duringTraining },
  {
    name: 'version being written', services: [server],
    arm: onWrite({ folder: 'models', isWritten: (entry, { target, baseModel }) => entry.includes(`${target.workload}@`) && entry !== baseModel, side: 'answered', last: isSuccess }),
  },
  { name: 'training ended, not known', services: [trainer, server], arm: atDoor('answered', isSuccess) },
  { name: 'candidate made, not committed', services: [trainer], arm: async (scene) => atLateLock(whenTrained(scene)) },
  { name: 'candidate committed, not told', services: [trainer], arm: async (scene) => untold(trainer, scene, whenTrained(scene)) },
  { name: 'candidate read, not committed', services: [judge], arm: atLock('lock table evaluator.judgements in share mode') },
  { name: 'first third of the answers', services: [judge, server, trainer], arm: whileAnswers(0, 1 / 3) },
  { name: 'second third of the answers', services: [judge, server, trainer], arm: whileAnswers(1 / 3, 2 / 3) },
  { name: 'last third of the answers', services: [judge, server, trainer], arm: whileAnswers(2 / 3, 1) },
  { name: 'verdict reached, not committed', services: [judge], arm: atLock(outboxLock(schemaOf(judge))) },
  { name: 'verdict committed, not told', services: [judge], arm: async (scene) => untold(judge, scene, scene.stack.holds.hold(outboxLock(schemaOf(judge)))) },
  { name: 'verdict read, cycle not moved', services: [trainer], arm: async (scene) => atLateLock(whenJudging(scene)) },
];
