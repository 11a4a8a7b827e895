import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { commandIssued, versionIdOf } from '@ratchet/domain';
import type { Bundle } from '@ratchet/domain';
import { createKafka } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { eventually } from '@ratchet/testing';
import { ChaosStack } from '../chaos/chaos-stack.js';
import { deadLetters } from '../chaos/dead-letters.js';
import { kafkaDoor } from '../chaos/doors.js';
import { makeFleet } from '../chaos/fleet.js';
import type { ManagedService } from '../chaos/managed-service.js';
import { untilRouted } from '../restore/routed.js';
import { MoodyProvider } from '../rollback-time/moody-provider.js';
import { errorLinesSince } from './error-lines.js';
import { takeSample, totalLag } from './sampler.js';
import { SoakUsers } from './soak-users.js';
import { judgeSoak } from './verdict.js';
import type { Sample, SoakRun, Verdict } from './verdict.js';

const target = { model: 'shop', workload: 'support' };
const bundle: Bundle = { provider: { name: 'usual', model: 'moody' }, systemPrompt: 'You help customers of a shop.' };
/**
 * As in production, but for time: a conversation is over after a quiet half minute, so that as many are forgotten as begin long before the run is judged,
 * failures are analysed every two minutes, and the memory of failures and conversations is as small as a run fills it.
 */
const env = {
  'signal-detector': { DETECTION: JSON.stringify({ idleEndMs: 30_000 }) },
  analyzer: { ANALYSIS_CRON: '*/2 * * * *', MIN_CLUSTER_SIZE: '20', MAX_FAILURES: '500' },
  evaluator: { SAMPLE_RATE: '0.05' },
} as const;
const SAMPLE_EVERY_MS = 2_000;
const SOON_MS = 120_000;
/** Caches, compiled code and pools are full by then. */
const WARM_UP_SECONDS = 90;
const RAMP = { first: 25, factor: 1.3, seconds: 12, last: 800 };
/** Of what is too much: what waits is more than so many seconds of work, or a user waits for so long. */
const TOO_MUCH = { lagSeconds: 3, p95Ms: 500 };

export interface SoakOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly minutes: number;
  /** Requests a second; half of the most that this machine takes where it is not given. */
  readonly rate?: number;
  readonly say: (text: string) => void;
}

export interface SoakReport {
  readonly minutes: number;
  readonly rate: number;
  /** The most that the ramp came to, where there was one. */
  readonly maximum?: number;
  readonly answeredPerSecond: number;
  readonly verdict: Verdict;
  readonly samples: readonly Sample[];
}

class Soak {
  readonly kafka;
  fleet: ManagedService[] = [];
  private seed = 1;

  constructor(
    private readonly options: SoakOptions,
    private readonly stack: ChaosStack,
    private readonly provider: MoodyProvider,
  ) {
    this.kafka = createKafka({ brokers: stack.brokers, clientId: 'soak' }, Logger.silent());
  }

  async run(): Promise<SoakReport> {
    const { minutes, say } = this.options;
    await this.start();
    const maximum = this.options.rate === undefined ? await this.findMaximum() : undefined;
    const rate = this.options.rate ?? Math.max(1, Math.round((maximum ?? 2) / 2));
    say(`${minutes} minutes at ${rate} requests a second${maximum === undefined ? '' : `, half of ${maximum}`}; ${WARM_UP_SECONDS} s to warm up`);
    const users = this.users(rate);
    users.start();
    await wait(WARM_UP_SECONDS * 1_000);
    const warmAt = new Date();
    const before = { answered: users.answered, unanswered: users.unanswered };
    const samples = await this.sample(minutes);
    const answered = users.answered - before.answered;
    await users.stop();
    const letters = [...(await deadLetters()).values()].reduce((sum, count) => sum + count, 0);
    const ends = this.fleet.reduce((sum, service) => sum + service.ends, 0);
    await this.stop();
    const errors = this.errorLines(warmAt);
    for (const line of errors.slice(0, 10)) say(line);
    const seconds = samples.at(-1)?.atSeconds ?? 0;
    const troubles = { 'requests without an answer': users.unanswered - before.unanswered, 'dead letters': letters, 'services that ended': ends, 'errors in logs': errors.length };
    const run: SoakRun = { samples, seconds, rate, answered, troubles };
    return { minutes, rate, ...(maximum !== undefined && { maximum }), answeredPerSecond: answered / seconds, verdict: judgeSoak(run), samples };
  }

  async stop(): Promise<void> {
    await Promise.all(this.fleet.map((service) => service.stop()));
  }

  private async start(): Promise<void> {
    const { root, dataDir, say } = this.options;
    const { brokers, databaseUrl } = this.stack;
    this.fleet = await makeFleet({ root, dataDir, brokers, databaseUrl, env, providers: { usual: { baseUrl: this.provider.baseUrl } } });
    say(`starting ${this.fleet.length} processes`);
    for (const service of this.fleet) service.start();
    await Promise.all(this.fleet.map((service) => service.untilReady()));
    const door = kafkaDoor(() => undefined);
    const issuedAt = new Date().toISOString();
    await door.send([{ id: 'adopted', source: '/soak', type: commandIssued.type, time: issuedAt, data: { commandId: 'adopted', name: 'target.adopt', actor: 'a-person', reason: 'the soak', ...target, bundle, issuedAt } }]);
    await door.close();
    const champion = versionIdOf({ ordinal: 1, bundle });
    await untilRouted({ url: this.gatewayUrl, model: target.model }, 'the first version', { withinMs: SOON_MS, isSo: (routed) => routed.champion === champion });
    await wait(1_000);
  }

  /** Raises the rate until something waits, and gives the last that nothing waited at. */
  private async findMaximum(): Promise<number> {
    let kept = 0;
    for (let rate = RAMP.first; rate <= RAMP.last; rate = Math.round(rate * RAMP.factor)) {
      const users = this.users(rate);
      users.start();
      await wait(RAMP.seconds * 1_000);
      const [lag, p95Ms, answered] = [await totalLag(this.kafka), users.p95Ms(), users.answered / RAMP.seconds];
      await users.stop();
      this.options.say(`${rate} a second: ${answered.toFixed(0)} answered, ${p95Ms.toFixed(0)} ms at p95, ${lag} records wait`);
      if (users.unanswered > 0 || lag > TOO_MUCH.lagSeconds * rate * 2 || p95Ms > TOO_MUCH.p95Ms || answered < 0.85 * rate) break;
      // Users who came in time need not have been answered at their rate.
      kept = Math.min(rate, Math.floor(answered));
    }
    if (kept === 0) throw new Error(`this machine does not take ${RAMP.first} requests a second now: name a rate with --rate`);
    await eventually(async () => ((await totalLag(this.kafka)) > kept ? Promise.reject(new Error('records still wait')) : undefined), { withinMs: SOON_MS, everyMs: 1_000 });
    return kept;
  }

  private async sample(minutes: number): Promise<Sample[]> {
    const startedMs = performance.now();
    const samples: Sample[] = [];
    for (let nextMs = startedMs; nextMs <= startedMs + minutes * 60_000; nextMs += SAMPLE_EVERY_MS) {
      await wait(Math.max(0, nextMs - performance.now()));
      samples.push(await takeSample(this, startedMs));
    }
    return samples;
  }

  /** A service that starts may ask for a topic which nobody leads yet, and says so; what is judged begins with the warm run. */
  private errorLines(since: Date): string[] {
    const folder = join(this.options.dataDir, 'logs');
    return readdirSync(folder).flatMap((file) => errorLinesSince(readFileSync(join(folder, file), 'utf8'), since).map((line) => `${file}: ${line.slice(0, 300)}`));
  }

  private users(rate: number): SoakUsers {
    return new SoakUsers({ gatewayUrl: this.gatewayUrl, ...target, rate, seed: this.seed++ });
  }

  private get gatewayUrl(): string {
    return this.fleet.find(({ name }) => name === 'gateway')?.url ?? '';
  }
}

/** The whole product at an even rate for a while, and what it kept of it. */
export const runSoak = async (options: SoakOptions): Promise<SoakReport> => {
  const stack = new ChaosStack(join(options.dataDir, 'stack'), options.say);
  const provider = await MoodyProvider.start();
  let soak: Soak | undefined;
  try {
    await stack.start();
    process.env['KAFKA_BROKERS'] = stack.brokers.join(',');
    soak = new Soak(options, stack, provider);
    return await soak.run();
  } finally {
    await soak?.stop();
    await provider.stop();
    await stack.stop();
  }
};
