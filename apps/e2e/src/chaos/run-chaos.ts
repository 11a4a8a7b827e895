import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { deadLetterTopicOf, topicCatalogue, topics } from '@ratchet/contracts';
import { createKafka, ensureTopics } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { readAll, seededRandom, uniqueName } from '@ratchet/testing';
import type { ReadRecord } from '@ratchet/testing';
import { ChaosStack } from './chaos-stack.js';
import { compareWithCleanRun } from './clean-run.js';
import { checkAll, compareItems, compareNumbers } from './comparison.js';
import type { Comparison } from './comparison.js';
import { putOut, undisturbed } from './detector-outcome.js';
import type { UndisturbedOutcome } from './detector-outcome.js';
import { interruptStack, killOften, raiseZombie } from './disturbances.js';
import type { Interruptions, Scene } from './disturbances.js';
import { gatewayDoor, kafkaDoor } from './doors.js';
import type { Door } from './doors.js';
import { chaosServices, makeFleet } from './fleet.js';
import { committedBy, lagOf, untilMembers } from './groups.js';
import { LoopDriver, loopEnvironment, trainFirstModel } from './loop-driver.js';
import { checkLoop, unfinishedWork } from './loop-invariants.js';
import type { LoopFindings } from './loop-invariants.js';
import type { ManagedService } from './managed-service.js';
import { ENDED, firstLessons, IDLE, Product } from './product.js';

export interface ChaosOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly seed: number;
  /** Times that each service is killed at least. */
  readonly kills: number;
  readonly minutes: number;
  /** Everything once, at the same time, within two minutes. */
  readonly short: boolean;
  readonly say: (text: string) => void;
  /** Ends the run early, and everything that it has started. */
  readonly stopped: AbortSignal;
}

export interface ChaosReport {
  readonly seed: number;
  readonly seconds: number;
  /** By service, all its processes together. */
  readonly kills: Readonly<Record<string, number>>;
  readonly interruptions: Interruptions;
  readonly traffic: { readonly conversations: number; readonly records: number; readonly repeatedSends: number; readonly logged: number };
  /** What the loop did meanwhile. */
  readonly loop: Omit<LoopFindings, 'comparisons'>;
  readonly comparisons: readonly Comparison[];
}

/** Short enough for a run of a minute; long enough that an outage does not end a conversation that an event is to end. */
export const detection = { idleEndMs: 1_800_000, quickAbandonmentMs: 1_000, quickFollowUpMs: 300, workloads: { [IDLE]: { idleEndMs: 2_500 } } };

const SETTLED_WITHIN_MS = 180_000;
const FINISHED_WITHIN_MS = 180_000;
/** Between a look at one service and at the next, work may move from this one to that. */
const QUIET_LOOKS = 3;
const databaseServices: ReadonlySet<string> = new Set(['analyzer', 'data-generator', 'trainer-dispatcher', 'evaluator', 'rollout-controller', 'console']);
const INTERACTIONS = topics.interactions.name;
const DEAD_LETTERS = deadLetterTopicOf(INTERACTIONS, 'signal-detector');

const detectorEnv = { DETECTION: JSON.stringify(detection), FETCH_WAIT_MS: '50', FETCH_BYTES_MIN: '1' };

/** Whether everything in the log has been read, and nothing is open that the clock would end. */
const settledLog = async (root: string): Promise<{ log: ReadRecord[]; expected: UndisturbedOutcome } | undefined> => {
  const log = await readAll(INTERACTIONS);
  const committed = await committedBy('signal-detector', INTERACTIONS);
  const last = new Map(log.map(({ partition, offset }) => [partition, offset]));
  if ([...last].some(([partition, offset]) => (committed.get(partition) ?? 0n) <= offset)) return undefined;
  const expected = await undisturbed({ root, log, detection });
  return expected.open === 0 ? { log, expected } : undefined;
};

const untilSettled = async (root: string, say: (text: string) => void): Promise<{ log: ReadRecord[]; expected: UndisturbedOutcome }> => {
  for (const until = Date.now() + SETTLED_WITHIN_MS; ; ) {
    const settled = await settledLog(root);
    if (settled) return settled;
    if (Date.now() > until) throw new Error(`the detectors had not come to the end of the log ${SETTLED_WITHIN_MS / 1_000} s after the traffic`);
    say('waiting for the detectors to come to the end of the log');
    await wait(1_500);
  }
};

const compareDetector = async ({ log, expected }: { log: readonly ReadRecord[]; expected: UndisturbedOutcome }, product: Product): Promise<Comparison[]> => {
  const actual = await putOut(DEAD_LETTERS);
  const logged = new Set(log.map(({ headers }) => headers['ce_id']));
  return [
    checkAll('every event that a door took is in the log', { compared: product.sent.size, problems: [...product.sent].filter((id) => !logged.has(id)) }),
    compareItems('signals and failures: id, time and content', { expected: expected.events, actual: actual.events }),
    compareNumbers('vitals: sums by key', { expected: expected.vitals, actual: actual.vitals }),
    compareItems('dead letters of the detector', { expected: expected.deadLetters, actual: actual.deadLetters }),
  ];
};

const disturbShortly = async (scene: Scene, counts: Interruptions): Promise<void> => {
  const { fleet, stack, say } = scene;
  say('kafka: SIGKILL');
  await stack.interrupt('kafka', { signal: 'SIGKILL', awayMs: 1_000 });
  counts.brokerKills += 1;
  const killing = (async () => {
    for (const service of fleet.filter(({ options }) => options.service !== 'signal-detector')) {
      service.kill();
      await wait(300);
    }
  })();
  await raiseZombie(scene, { killOther: true });
  counts.zombies += 1;
  await killing;
};

const disturbAtLength = async (scene: Scene, { kills, minutes, seed }: ChaosOptions, counts: Interruptions): Promise<void> => {
  const random = seededRandom(seed + 1);
  const overMs = minutes * 60_000;
  let zombie: Promise<void> | undefined;
  const isDetector = (name: string): boolean => name.startsWith('signal-detector');
  const killers = scene.fleet.map((service) =>
    killOften(service, { kills, meanGapMs: overMs / kills, random: random.fork(), held: async () => (isDetector(service.name) ? zombie : undefined) }),
  );
  const outages = interruptStack(scene, { rounds: 2, overMs, random: random.fork(), counts });
  const zombies = (async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      await wait(overMs / 4);
      zombie = raiseZombie(scene, { killOther: turn % 2 === 1 }).then(() => void (counts.zombies += 1), (error: Error) => scene.say(`no zombie this time: ${error.message}`));
      await zombie;
      zombie = undefined;
    }
  })();
  await Promise.all([...killers, outages, zombies]);
};

interface Running {
  readonly stack: ChaosStack;
  readonly fleet: ManagedService[];
  readonly counts: Interruptions;
}

const startServices = async ({ root, dataDir, say }: ChaosOptions, { stack, fleet }: Running): Promise<void> => {
  await stack.start();
  const { brokers, databaseUrl } = stack;
  process.env['KAFKA_BROKERS'] = brokers.join(',');
  await ensureTopics(createKafka({ brokers, clientId: 'chaos' }, Logger.silent()), { catalogue: topicCatalogue, replicationFactor: 1, services: chaosServices });
  fleet.push(...(await makeFleet({ root, dataDir, brokers, databaseUrl, env: { ...loopEnvironment, 'signal-detector': detectorEnv } })));
  say(`starting ${fleet.length} processes`);
  for (const service of fleet) service.start();
  await Promise.all(fleet.map((service) => service.untilReady()));
  await untilMembers(2, 60_000);
};

const urlOf = (fleet: readonly ManagedService[], name: string): string => fleet.find((service) => service.name === name)?.url ?? '';

/** The services' own work goes on for a while after the last event: what was begun is finished. */
const untilFinished = async ({ databaseUrl }: ChaosStack, say: (text: string) => void): Promise<void> => {
  const groups = topicCatalogue.flatMap(({ name, consumers }) => consumers.filter((consumer) => databaseServices.has(consumer)).map((consumer) => ({ name, consumer })));
  let quiet = 0;
  for (const until = Date.now() + FINISHED_WITHIN_MS; quiet < QUIET_LOOKS; await wait(500)) {
    const behind: string[] = [];
    for (const { name, consumer } of groups) if ((await lagOf(consumer, name)) > 0) behind.push(`${consumer} has not read all of ${name}`);
    const [left] = [await unfinishedWork(databaseUrl), ...behind].filter((item) => item !== undefined);
    quiet = left === undefined ? quiet + 1 : 0;
    if (left === undefined) continue;
    if (Date.now() > until) throw new Error(`${FINISHED_WITHIN_MS / 1_000} s after the traffic there is work left: ${left}`);
    say(`waiting: ${left}`);
  }
};

interface Traffic {
  readonly product: Product;
  readonly driver: LoopDriver;
  readonly doors: readonly Door[];
}

const startTraffic = async ({ seed, short, say }: ChaosOptions, { stack, fleet }: Running, onRepeat: () => void): Promise<Traffic> => {
  const run = uniqueName('chaos');
  const direct = kafkaDoor(onRepeat);
  const doors = [direct, gatewayDoor(urlOf(fleet, 'gateway'), onRepeat)];
  say('training and adopting a first version');
  const driver = new LoopDriver({ target: { model: run, workload: ENDED }, door: direct, brokers: stack.brokers });
  await driver.start(await trainFirstModel(urlOf(fleet, 'model-server'), firstLessons, seed));
  const product = new Product({
    run, random: seededRandom(seed), doors, served: (random) => driver.served(random),
    conversationsAtOnce: short ? 12 : 20, pauseMs: short ? { least: 20, most: 250 } : { least: 50, most: 500 },
  });
  product.start();
  return { product, driver, doors };
};

const repeatUndisturbed = async ({ root, dataDir, say }: ChaosOptions, { stack }: Running, log: readonly ReadRecord[]): Promise<Comparison> => {
  const signals = await readAll(topics.signals.name);
  await stack.stop();
  say('the same input once more, undisturbed');
  return compareWithCleanRun({ root, dataDir, log, detectorEnv, untilSettled: () => untilSettled(root, say), say }, signals);
};

const disturbed = async (options: ChaosOptions, running: Running): Promise<ChaosReport> => {
  const { root, say, short, seed } = options;
  const { stack, fleet, counts } = running;
  const startedAt = performance.now();
  let repeatedSends = 0;
  await startServices(options, running);
  const { product, driver, doors } = await startTraffic(options, running, () => (repeatedSends += 1));
  await wait(2_000);
  const scene = { stack, fleet, say };
  await (short ? disturbShortly(scene, counts) : disturbAtLength(scene, options, counts));
  await Promise.all(fleet.map((service) => service.untilReady()));
  await wait(2_000);
  say('traffic ends');
  await driver.stop();
  await product.stop();
  await Promise.all(doors.map((door) => door.close()));
  const settled = await untilSettled(root, say);
  await untilFinished(stack, say);
  // What the loop has put into the log since then, and the clock, belongs to it too.
  const final = await untilSettled(root, say);
  await Promise.all(fleet.map((service) => service.stop()));
  const { comparisons, ...loop } = await checkLoop({ root, brokers: stack.brokers, databaseUrl: stack.databaseUrl });
  const detector = await compareDetector(final, product);
  const clean = short ? [] : [await repeatUndisturbed(options, running, final.log)];
  return {
    seed,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    kills: Object.fromEntries(chaosServices.map((name) => [name, fleet.filter(({ options: { service } }) => service === name).reduce((sum, { kills }) => sum + kills, 0)])),
    interruptions: counts,
    traffic: { conversations: product.conversations, records: product.records, repeatedSends, logged: settled.log.length },
    loop,
    comparisons: [...detector, ...clean, ...comparisons],
  };
};

/** Runs the product under disturbance, and compares what came of it with what should have. */
export const runChaos = async (options: ChaosOptions): Promise<ChaosReport> => {
  const counts: Interruptions = { brokerKills: 0, databaseStops: 0, databaseKills: 0, zombies: 0 };
  const running: Running = { stack: new ChaosStack(join(options.dataDir, 'stack'), options.say), fleet: [], counts };
  try {
    const stopped = new Promise<never>((_resolve, reject) => options.stopped.addEventListener('abort', () => reject(new Error('stopped')), { once: true }));
    return await Promise.race([disturbed(options, running), stopped]);
  } finally {
    await Promise.all(running.fleet.map((service) => service.stop()));
    await running.stack.stop();
  }
};
