import { setTimeout as wait } from 'node:timers/promises';
import type { Target } from '@ratchet/domain';
import { seededRandom } from '@ratchet/testing';
import type { SeededRandom } from '@ratchet/testing';
import { kafkaDoor } from '../chaos/doors.js';
import type { Door } from '../chaos/doors.js';
import { trainFirstModel } from '../chaos/loop-driver.js';
import { firstLessons } from '../fixes/workloads.js';
import { findOut } from './findings.js';
import type { CycleFindings } from './findings.js';
import { killedServices, KillStack } from './kill-stack.js';
import type { KilledService } from './kill-stack.js';
import { commandOf, DATASETS_A_TARGET, datasetsOf, MODEL } from './lessons.js';
import { moments } from './moments.js';
import type { ArmedMoment, CycleScene } from './moments.js';
import { planKills } from './plan.js';
import type { PlannedKill } from './plan.js';

export interface CycleKillsOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly seed: number;
  readonly kills: number;
  readonly say: (text: string) => void;
  /** Ends the run early, and everything that it has started. */
  readonly stopped: AbortSignal;
}

export interface CycleKillsReport extends CycleFindings {
  readonly seed: number;
  readonly seconds: number;
  readonly cycles: number;
  /** By moment, in the order of a cycle, and by service. */
  readonly table: readonly { readonly moment: string; readonly kills: Readonly<Partial<Record<KilledService, number>>> }[];
  /** Processes that were killed, as their supervisor counts them. */
  readonly kills: Readonly<Record<KilledService, number>>;
}

const REACHED_WITHIN_MS = 120_000;
const READ_WITHIN_MS = 120_000;
const ENDED_WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 100;

interface Usual {
  readonly chats: number;
  readonly trainingMs: number;
}

const within = async <Result>(what: string, promise: Promise<Result>, ms: number): Promise<Result> => {
  const timer = new AbortController();
  const late = wait(ms, undefined, { signal: timer.signal }).then(() => Promise.reject(new Error(`${what}: not within ${ms / 1_000} s`)));
  late.catch(() => undefined);
  return Promise.race([promise, late]).finally(() => timer.abort());
};

const until = async (what: string, holds: () => Promise<boolean>, ms: number): Promise<void> => {
  for (const end = Date.now() + ms; !(await holds()); await wait(LOOK_EVERY_MS)) if (Date.now() > end) throw new Error(`${what}: not within ${ms / 1_000} s`);
};

class CycleKills {
  readonly table = moments.map(({ name }) => ({ moment: name, kills: {} as Partial<Record<KilledService, number>> }));
  private readonly events: Door = kafkaDoor(() => undefined);

  constructor(
    private readonly options: CycleKillsOptions,
    private readonly stack: KillStack,
    private readonly random: SeededRandom,
  ) {}

  /** One target for each cycle, with a first version and data that are the same but for their names. */
  async prepare(targets: readonly Target[]): Promise<string[]> {
    const { options, stack, events } = this;
    options.say('training and adopting the first versions');
    const first = await trainFirstModel(stack.modelServerUrl, firstLessons, 7);
    const now = new Date().toISOString();
    const bases = targets.map(({ workload }) => stack.copyModel(first, workload));
    for (const [i, target] of targets.entries()) {
      await events.send([commandOf(target, { name: 'target.adopt', model: bases[i] ?? '' }, now)]);
      // One at a time: the events of a batch go to the topic of its first.
      for (const event of datasetsOf(target, now)) await events.send([event]);
    }
    const counted = `select (select count(*)::int from trainer_dispatcher.targets) as targets, (select count(*)::int from trainer_dispatcher.datasets) as training,
      (select count(*)::int from evaluator.datasets) as suites, (select count(*)::int from evaluator.versions) as versions`;
    await until('the services read targets and datasets', async () => {
      const { rows } = await stack.holds.looks.query<Record<'targets' | 'training' | 'suites' | 'versions', number>>(counted);
      const [row] = rows;
      return row?.targets === targets.length && row.training === targets.length && row.suites === DATASETS_A_TARGET * targets.length && row.versions === targets.length;
    }, READ_WITHIN_MS);
    return bases;
  }

  /** One cycle from the command to the verdict that the trainer knows, with the kills that are planned for it. */
  async run(target: Target, { baseModel, kills, usual }: { baseModel: string; kills: readonly PlannedKill<KilledService>[]; usual: Usual }): Promise<Usual> {
    const { stack } = this;
    await stack.untilReady();
    stack.forgetFiles();
    const scene: CycleScene = { stack, random: this.random, target, baseModel, chatsBefore: stack.door.chats, chatsUsual: usual.chats, trainingMs: usual.trainingMs };
    const command = commandOf(target, { name: 'training.run' }, new Date().toISOString());
    let armed = await this.arm(kills[0], scene);
    await this.events.send([command]);
    for (const [i, kill] of kills.entries()) {
      const name = moments[kill.moment]?.name ?? '';
      const held = armed;
      if (!held) throw new Error('a kill without a moment');
      await within(`${target.workload}: ${name}`, held.reached, REACHED_WITHIN_MS);
      // The next one first, so that the cycle cannot pass it unseen.
      armed = await this.arm(kills[i + 1], scene);
      await this.stack.kill(kill.service);
      await held.release();
      await stack.bury(kill.service);
      this.count(kill);
      this.options.say(`${target.workload}: killed ${kill.service} at "${name}"`);
    }
    const trainedMs = await this.untilOver(target);
    return { chats: stack.door.chats - scene.chatsBefore, trainingMs: trainedMs };
  }

  async close(): Promise<void> {
    await this.events.close();
  }

  private async arm(kill: PlannedKill<KilledService> | undefined, scene: CycleScene): Promise<ArmedMoment | undefined> {
    return kill && moments[kill.moment]?.arm(scene);
  }

  private count({ moment, service }: PlannedKill<KilledService>): void {
    const row = this.table[moment];
    if (row) row.kills[service] = (row.kills[service] ?? 0) + 1;
  }

  /** Gives the time from the cycle's begin to its candidate, which is the training's but for moments. */
  private async untilOver({ workload }: Target): Promise<number> {
    const { looks } = this.stack.holds;
    const from = performance.now();
    let trained: number | undefined;
    await until(`${workload}: the cycle's end`, async () => {
      const { rows } = await looks.query<{ state: string; unsent: number }>(
        `select state, ((select count(*) from trainer_dispatcher.outbox) + (select count(*) from evaluator.outbox))::int as unsent from trainer_dispatcher.cycles where workload = $1`, [workload]);
      const [cycle] = rows;
      if (cycle && cycle.state !== 'training') trained ??= performance.now() - from;
      return cycle !== undefined && cycle.state !== 'training' && cycle.state !== 'judging' && cycle.unsent === 0;
    }, ENDED_WITHIN_MS);
    return trained ?? 0;
  }
}

const disturbed = async (options: CycleKillsOptions, stack: KillStack): Promise<CycleKillsReport> => {
  const { seed, kills, say } = options;
  const startedAt = performance.now();
  const random = seededRandom(seed);
  const plan = planKills(moments, { kills, random: random.fork() });
  await stack.start();
  const cycles = new CycleKills(options, stack, random.fork());
  const targets = ['undisturbed', ...plan.map((_, i) => `cycle-${String(i + 1).padStart(3, '0')}`)].map((workload): Target => ({ model: MODEL, workload }));
  const bases = await cycles.prepare(targets);
  let usual: Usual = { chats: 0, trainingMs: 0 };
  for (const [i, target] of targets.entries()) {
    const planned = plan[i - 1] ?? [];
    const cycle = await cycles.run(target, { baseModel: bases[i] ?? '', kills: planned, usual });
    if (i === 0) {
      usual = cycle;
      say(`an undisturbed cycle asks ${usual.chats} questions and trains for ${Math.round(usual.trainingMs)} ms`);
    }
  }
  await stack.untilReady();
  const [reference] = targets;
  const findings = await findOut(stack, { workloads: targets.map(({ workload }) => workload), reference: reference?.workload ?? '' });
  await cycles.close();
  return {
    ...findings, seed, seconds: Math.round((performance.now() - startedAt) / 1_000), cycles: targets.length, table: cycles.table,
    kills: Object.fromEntries(killedServices.map((name) => [name, stack.killsOf(name)])) as Record<KilledService, number>,
  };
};

/** Runs cycles whose processes are killed at chosen moments, and compares what came of them with what a cycle comes to that nobody disturbs. */
export const runCycleKills = async (options: CycleKillsOptions): Promise<CycleKillsReport> => {
  const stack = new KillStack(options);
  try {
    const stopped = new Promise<never>((_resolve, reject) => options.stopped.addEventListener('abort', () => reject(new Error('stopped')), { once: true }));
    return await Promise.race([disturbed(options, stack), stopped]);
  } finally {
    await stack.stop();
  }
};
