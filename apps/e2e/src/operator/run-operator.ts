import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { topics } from '@ratchet/contracts';
import { fixProposed } from '@ratchet/domain';
import type { CandidateRegistered } from '@ratchet/domain';
import { eventually } from '@ratchet/testing';
import pg from 'pg';
import { ChaosStack } from '../chaos/chaos-stack.js';
import { checkAll } from '../chaos/comparison.js';
import type { Comparison } from '../chaos/comparison.js';
import { kafkaDoor } from '../chaos/doors.js';
import { loopEnvironment } from '../chaos/loop-driver.js';
import { dataOf, eventsOf } from '../chaos/loop-invariants.js';
import { untilRouted } from '../restore/routed.js';
import { MoodyProvider, NONSENSE } from '../rollback-time/moody-provider.js';
import { Product } from '../rollback-time/product.js';
import { TimedSteps } from '../timed-steps.js';
import type { TimedStep } from '../timed-steps.js';
import { runAsShown } from '../run-as-shown.js';
import type { Ended } from '../run-as-shown.js';
import { OneMachineCluster } from './one-machine-cluster.js';
import { readChart } from './rendered-chart.js';

const target = { model: 'shop', workload: 'support' };
const ofTarget = ['--model', target.model, '--workload', target.workload];
const person = ['--actor', 'ann'];
/** In the prompt of the version that will go bad. */
const PATCH = '## Say where it is found';
const thumbDown = { name: 'thumbs', value: false };
const BROKERS = 'kafka-0:9092';
const DATABASE = 'postgres://ratchet:ratchet@postgres:5432/ratchet';
const PROVIDER = 'http://provider.example.com/v1';
/** Helm knows of no cluster here. */
const KUBE_VERSION = '1.34.0';
const SOON_MS = 120_000;
const INCIDENTS = 'docs/operating/incidents.md';

export interface OperatorOptions {
  readonly root: string;
  readonly dataDir: string;
  /** The program Helm. */
  readonly helm: string;
  readonly say: (text: string) => void;
}

export interface OperatorReport {
  readonly steps: readonly TimedStep[];
  readonly findings: readonly Comparison[];
}

interface FailureRates {
  readonly versions: readonly { readonly version: string; readonly points: readonly { readonly outcomes: number; readonly failures: number }[] }[];
}
interface Failures {
  readonly items: readonly { readonly interactionId: string; readonly version: string; readonly response: string; readonly signals: readonly string[] }[];
}

/** What an installation of this size says: one broker, stages that end within minutes. */
const valuesOf = (adminToken: string): object => ({
  image: { registry: 'registry.example.com' },
  kafka: { brokers: BROKERS, replicationFactor: 1 },
  secret: { databaseUrl: DATABASE, providers: { usual: { baseUrl: PROVIDER } }, firstAdminToken: adminToken },
  services: {
    'rollout-controller': { env: loopEnvironment['rollout-controller'] },
    evaluator: { env: loopEnvironment.evaluator },
    'signal-detector': { env: { DETECTION: JSON.stringify({ idleEndMs: 2_500, quickAbandonmentMs: 1_000, quickFollowUpMs: 300 }) } },
  },
});

const problem = (what: string, isSo: boolean, more = ''): string[] => (isSo ? [] : [`${what}${more && `: ${more.slice(0, 600)}`}`]);

class OperatorPath {
  readonly steps: TimedSteps;
  readonly findings: Comparison[] = [];
  private readonly adminToken = randomBytes(24).toString('hex');
  private cluster: OneMachineCluster | undefined;
  private users: Product | undefined;

  constructor(
    private readonly options: OperatorOptions,
    private readonly stack: ChaosStack,
    private readonly provider: MoodyProvider,
  ) {
    this.steps = new TimedSteps(options.say);
  }

  async run(): Promise<void> {
    const cluster = await this.steps.take('the chart is deployed, and every service is ready', () => this.deploy());
    const first = await this.steps.take('a first version serves', () => this.adopt(cluster.urlOf('gateway')));
    const second = await this.steps.take('a fix is approved and promoted', () => this.promoteFix(first));
    await this.steps.take('the failure rate rises, and why is found', () => this.findOut(first, second));
    await this.steps.take('rolled back', () => this.rollBack(first));
    await this.steps.take('dead letters are found, and replayed once the service is mended', () => this.replay());
    await this.leave();
  }

  async stop(): Promise<void> {
    await this.users?.stop();
    await this.cluster?.stop();
  }

  private async deploy(): Promise<OneMachineCluster> {
    const { root, dataDir, helm, say } = this.options;
    const values = join(dataDir, 'values.json');
    writeFileSync(values, JSON.stringify(valuesOf(this.adminToken)));
    const rendered = execFileSync(helm, ['template', 'ratchet', join(root, 'deploy/helm/ratchet'), '--namespace', 'ratchet', '--kube-version', KUBE_VERSION, '-f', values], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    const chart = readChart(rendered);
    const outside = { [BROKERS]: this.stack.brokers.join(','), [DATABASE]: this.stack.databaseUrl, [PROVIDER]: this.provider.baseUrl };
    this.cluster = new OneMachineCluster({ root, dataDir, chart, outside, say });
    await this.cluster.start();
    this.check('the chart deploys every service', chart.deployments.length, problem('services', chart.deployments.length === 9, chart.deployments.map(({ app }) => app).join(' ')));
    return this.cluster;
  }

  private async adopt(gatewayUrl: string): Promise<string> {
    await this.expectCommand('README.md', ['adopt', ...ofTarget, '--provider', 'usual', '--provider-model', 'small', '--reason', 'the first version', ...person]);
    const { champion } = await untilRouted({ url: gatewayUrl, model: target.model }, 'the first version', { withinMs: SOON_MS, isSo: (routed) => routed.champion !== '' });
    this.users = new Product({ gatewayUrl, ...target, atOnce: 6, pauseMs: 100 });
    this.users.feedbackOn = ({ text }) => (text.includes(NONSENSE) ? thumbDown : undefined);
    const { users } = this;
    await eventually(() => users.ask(), { withinMs: SOON_MS, everyMs: 250 });
    users.start();
    return champion;
  }

  /** The loop's own way from a weakness to a version; the weakness itself is made up. */
  private async promoteFix(baseVersion: string): Promise<string> {
    const door = kafkaDoor(() => undefined);
    const proposedAt = new Date().toISOString();
    await door.send([{ id: 'fix', source: '/operator', type: fixProposed.type, time: proposedAt, data: { fixId: 'fix', ...target, baseVersion, opportunityId: 'weakness', fixType: 'prompt_patch', patch: { systemPrompt: PATCH }, proposedAt } }]);
    await door.close();
    const candidates = async (): Promise<CandidateRegistered[]> => dataOf<CandidateRegistered>((await eventsOf(topics.candidates)).events, 'ratchet.candidate.registered');
    const version = await eventually(async () => (await candidates()).find(({ fixId }) => fixId === 'fix')?.version ?? Promise.reject(new Error('there is no candidate')), { withinMs: SOON_MS, everyMs: 250 });
    await this.expectCommand('docs/operating/runbooks/rollout-awaits-person.md', ['command', 'approve', ...ofTarget, '--version', version, '--reason', 'read, and right', ...person]);
    await untilRouted(this.gateway, 'the fix as champion', { withinMs: 3 * SOON_MS, isSo: (routed) => routed.champion === version && routed.candidate === undefined });
    return version;
  }

  private async findOut(first: string, second: string): Promise<void> {
    await eventually(async () => ((await this.rateOf(second)).outcomes > 30 ? undefined : Promise.reject(new Error('too few outcomes'))), { withinMs: SOON_MS, everyMs: 500 });
    const before = (await this.rateOf(second)).rate;
    this.provider.nonsenseFor = PATCH;
    const after = await eventually(async () => ((await this.rateOf(second)).rate > before + 0.2 ? this.rateOf(second) : Promise.reject(new Error(`the rate is ${(await this.rateOf(second)).rate}`))), { withinMs: SOON_MS, everyMs: 500 });
    const { rate: ofFirst } = await this.rateOf(first);
    this.check('the console says which version fails', 2, [...problem('the former version fails, too', ofFirst < 0.1, String(ofFirst)), ...problem('the rate before', before < 0.1, String(before))]);
    this.options.say(`failure rate of the new version ${before.toFixed(3)} -> ${after.rate.toFixed(3)}, of the former ${ofFirst.toFixed(3)}`);
    const { items } = await this.ask<Failures>(`/api/failures?version=${second}&limit=50`);
    this.check('failures show what was answered, and by which signal it was noticed', items.length, [
      ...problem('there are none', items.length > 0),
      ...items.filter(({ signals, response }) => !signals.includes('thumbs_down') || !response.includes(NONSENSE)).map(({ interactionId }) => `${interactionId} does not say why`),
    ]);
    const list = await this.expectCommand(INCIDENTS, ['registry', 'list']);
    const lineage = await this.expectCommand(INCIDENTS, ['registry', 'lineage', second]);
    const trace = await this.expectCommand(INCIDENTS, ['trace', second]);
    this.check('it is known where the version comes from', 3, [
      ...problem('the list', list.stdout.includes(first) && list.stdout.includes(second), list.stdout),
      ...problem('the lineage does not name its parent', lineage.stdout.includes(first), lineage.stdout),
      ...problem('the trace does not show the promotion', trace.stdout.includes(`PROMOTED ${second}`), trace.stdout),
    ]);
  }

  private async rollBack(first: string): Promise<void> {
    await this.expectCommand(INCIDENTS, ['command', 'hold', ...ofTarget, '--reason', 'looking into it', ...person]);
    await this.expectCommand(INCIDENTS, ['command', 'rollback', ...ofTarget, '--reason', 'it talks of the weather', ...person]);
    await untilRouted(this.gateway, 'the former version', { withinMs: SOON_MS, isSo: (routed) => routed.champion === first && routed.candidate === undefined });
    const { users } = this;
    if (!users) return;
    // Requests that were under way.
    await wait(1_000);
    const before = { asked: users.asked, told: users.told };
    await wait(3_000);
    const [asked, complaints] = [users.asked - before.asked, users.told - before.told];
    this.check('users have good answers again', asked, [...problem('nobody asked', asked > 20), ...problem('they complain', complaints === 0, String(complaints))]);
  }

  /** A fault in the analyzer, and its repair, are a trigger on its table. */
  private async replay(): Promise<void> {
    await this.query(`create function analyzer.refuse() returns trigger language plpgsql as $$ begin raise exception 'division by zero in the handler' using errcode = '22012'; end $$; create trigger refuse before insert on analyzer.failures for each row execute function analyzer.refuse()`);
    const { interactionId } = (await this.users?.ask(() => thumbDown)) ?? {};
    const list = await eventually(async () => {
      const ended = await this.command('docs/operating/dead-letters.md', ['dlq', 'list']);
      return ended.stdout.includes('handler_fault') ? ended : Promise.reject(new Error(`no letter: ${ended.stdout}`));
    }, { withinMs: SOON_MS, everyMs: 2_000 });
    const shown = await this.expectCommand('docs/operating/dead-letters.md', ['dlq', 'show', '--topic', topics.signals.name, '--service', 'analyzer']);
    await this.query('drop trigger refuse on analyzer.failures');
    await this.expectCommand(INCIDENTS, ['dlq', 'replay', '--all']);
    const stored = await eventually(async () => ((await this.query(`select 1 from analyzer.failures where interaction_id = '${interactionId}'`)).length > 0 ? true : Promise.reject(new Error('it is not stored'))), { withinMs: SOON_MS, everyMs: 500 }).catch(() => false);
    this.check('what the service could not take is shown, and taken after its repair', 3, [
      ...problem('the list names no analyzer', list.stdout.includes('analyzer'), list.stdout),
      ...problem('the letter does not say why', shown.stdout.includes('division by zero'), shown.stdout),
      ...problem('the failure is lost', stored),
    ]);
  }

  private async leave(): Promise<void> {
    const status = await this.expectCommand(INCIDENTS, ['status']);
    const audit = await this.expectCommand('docs/operating/audit.md', ['audit', 'verify']);
    this.check('status and audit say that all is well', 2, [...problem('the status has no group', status.stdout.includes('rollout-controller'), status.stdout), ...problem('the audit', audit.code === 0, audit.stderr)]);
    this.check('users had an answer all the time', this.users?.asked ?? 0, problem('without one', this.users?.failures === 0, String(this.users?.failures)));
    this.check('no service ended by itself', 9, problem('ends', this.cluster?.ends === 0, String(this.cluster?.ends)));
  }

  private get gateway(): { url: string; model: string } {
    return { url: this.cluster?.urlOf('gateway') ?? '', model: target.model };
  }

  /** Of the last minute, as the page shows it. */
  private async rateOf(version: string): Promise<{ outcomes: number; rate: number }> {
    const { versions } = await this.ask<FailureRates>(`/api/failure-rates?model=${target.model}&workload=${target.workload}&range=hour`);
    const points = versions.find((one) => one.version === version)?.points.slice(-2) ?? [];
    const [outcomes, failures] = [points.reduce((sum, point) => sum + point.outcomes, 0), points.reduce((sum, point) => sum + point.failures, 0)];
    return { outcomes, rate: outcomes === 0 ? 0 : failures / outcomes };
  }

  private async ask<Answer>(path: string): Promise<Answer> {
    const response = await fetch(`${this.cluster?.urlOf('console')}${path}`, { headers: { authorization: `Bearer ${this.adminToken}` }, signal: AbortSignal.timeout(20_000) });
    if (!response.ok) throw new Error(`the console answered ${response.status} to ${path}: ${(await response.text()).slice(0, 300)}`);
    return (await response.json()) as Answer;
  }

  private command(page: string, args: readonly string[]): Promise<Ended> {
    const { root, say } = this.options;
    return runAsShown({ root, brokers: this.stack.brokers, say }, page, args);
  }

  private async expectCommand(page: string, args: readonly string[]): Promise<Ended> {
    const ended = await this.command(page, args);
    if (ended.code !== 0) throw new Error(`npx ratchet ${args.join(' ')} ended with ${ended.code}: ${ended.stderr.slice(0, 1_000)}`);
    return ended;
  }

  private async query(sql: string): Promise<object[]> {
    const client = new pg.Client({ connectionString: this.stack.databaseUrl });
    await client.connect();
    return client.query<object>(sql).then(({ rows }) => rows).finally(() => client.end());
  }

  private check(name: string, compared: number, problems: readonly string[]): void {
    this.findings.push(checkAll(name, { compared, problems: [...problems] }));
  }

}

/** Deploys what the chart renders, and does what the documents say, as somebody who is new to it. */
export const runOperator = async (options: OperatorOptions): Promise<OperatorReport> => {
  const stack = new ChaosStack(join(options.dataDir, 'stack'), options.say);
  const provider = await MoodyProvider.start();
  let path: OperatorPath | undefined;
  try {
    await stack.start();
    process.env['KAFKA_BROKERS'] = stack.brokers.join(',');
    path = new OperatorPath(options, stack, provider);
    await path.run();
    const { steps, findings } = path;
    return { steps: steps.all, findings };
  } finally {
    await path?.stop();
    await provider.stop();
    await stack.stop();
  }
};
