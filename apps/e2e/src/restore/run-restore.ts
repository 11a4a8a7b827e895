import { setTimeout as wait } from 'node:timers/promises';
import { topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued, fixProposed, versionIdOf } from '@ratchet/domain';
import type { Bundle, CandidateJudged, CandidateRegistered } from '@ratchet/domain';
import { eventually } from '@ratchet/testing';
import type { Comparison } from '../chaos/comparison.js';
import { kafkaDoor } from '../chaos/doors.js';
import { dataOf, eventsOf } from '../chaos/loop-invariants.js';
import { Product } from '../rollback-time/product.js';
import { TimedSteps } from '../timed-steps.js';
import type { TimedStep } from '../timed-steps.js';
import { DrillStack } from './drill-stack.js';
import type { Lost } from './drill-stack.js';
import type { BackupWay } from './postgres-backup.js';
import { findingsOf, publishedVersions, unread } from './findings.js';
import { untilRouted } from './routed.js';
import type { Routed } from './routed.js';

const target = { model: 'shop', workload: 'support' };
/** Its candidate is on the way to its judge when the stores are lost. */
const otherTarget = { model: 'desk', workload: 'support' };
const bundle: Bundle = { provider: { name: 'usual', model: 'moody' }, systemPrompt: 'You help customers of a shop.' };
const champion = versionIdOf({ ordinal: 1, bundle });
const SOON_MS = 120_000;
const PROMOTED_WITHIN_MS = 240_000;
/** Some conversations are counted by then. */
const TRAFFIC_MS = 4_000;

export interface RestoreOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly lost: Lost;
  readonly way: BackupWay;
  readonly say: (text: string) => void;
}

export interface RestoreReport {
  readonly lost: Lost;
  readonly way: BackupWay;
  /** What took how long, in order. */
  readonly steps: readonly TimedStep[];
  readonly findings: readonly Comparison[];
}

/** What happens from outside, each time by a client of its own: the broker may be another one by then. */
const send = async (event: Pick<EventEnvelope, 'id' | 'type' | 'data'>): Promise<void> => {
  const door = kafkaDoor(() => undefined);
  await door.send([{ source: '/restore-drill', time: new Date().toISOString(), ...event }]);
  await door.close();
};
const order = (id: string, command: object, of = target): Promise<void> =>
  send({ id, type: commandIssued.type, data: { commandId: id, actor: 'a-person', reason: 'the drill', ...of, issuedAt: new Date().toISOString(), ...command } });

const candidateOf = async (fixId: string, baseVersion: string, of = target): Promise<string> => {
  await send({ id: fixId, type: fixProposed.type, data: { fixId, ...of, baseVersion, opportunityId: `${fixId}-weakness`, fixType: 'prompt_patch', patch: { systemPrompt: `## ${fixId}\nName the page where it is found.` }, proposedAt: new Date().toISOString() } });
  return eventually(
    async () => dataOf<CandidateRegistered>((await eventsOf(topics.candidates)).events, 'ratchet.candidate.registered').find((one) => one.fixId === fixId)?.version ?? Promise.reject(new Error(`${fixId} has not become a candidate`)),
    { withinMs: SOON_MS, everyMs: 250 },
  );
};

const verdictOn = (version: string): Promise<CandidateJudged> =>
  eventually(
    async () => dataOf<CandidateJudged>((await eventsOf(topics.verdicts)).events, 'ratchet.candidate.judged').find((one) => one.version === version) ?? Promise.reject(new Error(`${version} has no verdict`)),
    { withinMs: SOON_MS, everyMs: 250 },
  );

/** From a proposal to the first share of the traffic, as the services do it. */
const rollOutFix = async (fixId: string, baseVersion: string): Promise<string> => {
  const version = await candidateOf(fixId, baseVersion);
  // Nothing is asked of it: the suites are empty, so that a person has to decide.
  await order(`${fixId}-approved`, { name: 'candidate.approve', version });
  return version;
};

class Drill {
  readonly steps: TimedSteps;
  private readonly product: Product;

  constructor(
    private readonly stack: DrillStack,
    private readonly options: RestoreOptions,
  ) {
    this.steps = new TimedSteps(options.say);
    this.product = new Product({ gatewayUrl: stack.gatewayUrl, ...target, atOnce: 6, pauseMs: 100 });
  }

  async run(): Promise<RestoreReport> {
    const { root, lost, way } = this.options;
    const gateway = { url: this.stack.gatewayUrl, model: target.model };
    const candidate = await this.reachMiddleOfRollout();
    const first = await untilRouted(gateway, 'the first stage', { withinMs: SOON_MS, isSo: (routed) => routed.candidate === candidate });
    await wait(TRAFFIC_MS);
    const onItsWay = await this.steps.take('a candidate registered that its judge has not read', () => this.registerUnread());
    const versions = await publishedVersions();
    await this.steps.take(`backup of the running PostgreSQL by ${way}`, () => this.stack.backUp());
    const [newest] = await this.stack.query<{ hash: string }>('select hash from console.decision_records order by sequence desc limit 1');
    await order('advanced-after-the-backup', { name: 'rollout.advance' });
    const second = await untilRouted(gateway, 'the second stage', { withinMs: SOON_MS, isSo: ({ revision }) => revision > first.revision });
    await wait(TRAFFIC_MS);
    const last = lost === 'kafka' ? second : await this.rollBack(gateway);
    const lostAt = new Date().toISOString();
    await this.steps.take(`lost: ${lost}`, () => this.stack.lose(lost));
    await wait(TRAFFIC_MS);
    await this.steps.take('what is left of the loop stopped', () => this.stack.stopLoop());
    await this.steps.take('stores restored', () => this.stack.restore(lost));
    const restoredAt = new Date().toISOString();
    await this.steps.take('services ready', () => this.stack.startLoop());
    const again = await this.steps.take('the gateway has the restored stage', () => untilRouted(gateway, 'a revision beyond the one that it has', { withinMs: SOON_MS, isSo: (routed) => routed.revision > last.revision && routed.candidate === candidate }));
    this.options.say(`the gateway had revision ${last.revision} with ${last.share ?? 'no share'}, the backup ${first.revision}; it takes ${again.revision} with ${again.share}`);
    await this.steps.take('the judge has it all the same', () => verdictOn(onItsWay));
    await this.steps.take('the rollout goes on to its promotion', () => untilRouted(gateway, 'the candidate as champion', { withinMs: PROMOTED_WITHIN_MS, isSo: (routed) => routed.champion === candidate && routed.candidate === undefined }));
    await this.steps.take('the next fix has traffic', async () => {
      const next = await rollOutFix('fix-2', candidate);
      await untilRouted(gateway, 'the next candidate', { withinMs: SOON_MS, isSo: (routed) => routed.candidate === next });
    });
    await this.product.stop();
    await eventually(async () => ((await unread()).length > 0 ? Promise.reject(new Error('records are unread')) : undefined), { withinMs: SOON_MS, everyMs: 500 }).catch(() => undefined);
    const findings = await findingsOf(root, this.stack, { versions, head: newest?.hash ?? '', lostAt, restoredAt, unanswered: this.product.failures });
    return { lost, way, steps: this.steps.all, findings };
  }

  stop(): Promise<void> {
    return this.product.stop();
  }

  private async reachMiddleOfRollout(): Promise<string> {
    this.options.say('adopting a first version');
    await order('adopted', { name: 'target.adopt', bundle });
    await untilRouted({ url: this.stack.gatewayUrl, model: target.model }, 'the first champion', { withinMs: SOON_MS, isSo: (routed) => routed.champion === champion });
    // The contents of a version may come after its name.
    await eventually(() => this.product.ask(), { withinMs: SOON_MS, everyMs: 250 });
    this.product.start();
    this.options.say('rolling out a fix');
    return rollOutFix('fix-1', champion);
  }

  /** The judge is away until the stores are back. */
  private async registerUnread(): Promise<string> {
    await this.stack.stopJudge();
    await order('adopted-other', { name: 'target.adopt', bundle }, otherTarget);
    const gateway = { url: this.stack.gatewayUrl, model: otherTarget.model };
    await untilRouted(gateway, 'the other target', { withinMs: SOON_MS, isSo: (routed) => routed.champion === champion });
    return candidateOf('fix-unread', champion, otherTarget);
  }

  /** Of this the backup knows nothing: the gateway then has two revisions more than it. */
  private async rollBack(gateway: { url: string; model: string }): Promise<Routed> {
    await order('rolled-back-after-the-backup', { name: 'rollout.rollback' });
    return untilRouted(gateway, 'the champion alone', { withinMs: SOON_MS, isSo: ({ candidate }) => candidate === undefined });
  }

}

/** Backs up, loses stores in the middle of a rollout, restores, and looks at what goes on. */
export const runRestore = async (options: RestoreOptions): Promise<RestoreReport> => {
  const stack = new DrillStack(options);
  let drill: Drill | undefined;
  try {
    await stack.start();
    drill = new Drill(stack, options);
    return await drill.run();
  } finally {
    await drill?.stop();
    await stack.stop();
  }
};
