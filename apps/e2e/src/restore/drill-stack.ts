import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from '@ratchet/testing';
import { ChaosStack } from '../chaos/chaos-stack.js';
import { makeFleet } from '../chaos/fleet.js';
import { loopEnvironment } from '../chaos/loop-driver.js';
import type { ManagedService } from '../chaos/managed-service.js';
import { runAsShown } from '../run-as-shown.js';
import { MoodyProvider } from '../rollback-time/moody-provider.js';
import { backups } from './postgres-backup.js';
import type { BackupPlaces, BackupWay } from './postgres-backup.js';

/** A stage takes longer than a backup; what proves nothing is as good as what proves enough. */
const policy = {
  ...JSON.parse(loopEnvironment['rollout-controller'].ROLLOUT_POLICY) as object,
  shares: [0.2, 0.5, 1], minSamples: [10, 20, 20], minSoakMs: [15_000, 10_000], bakeMs: 5_000,
};
const env = {
  ...loopEnvironment,
  'rollout-controller': { TICK_MS: '300', ROLLOUT_POLICY: JSON.stringify(policy) },
  'signal-detector': { DETECTION: JSON.stringify({ idleEndMs: 2_500, quickAbandonmentMs: 1_000, quickFollowUpMs: 300 }) },
  console: { AUDIT_ANCHOR_EVERY_MS: '2000' },
};
/** These serve users, and have no data in either store: they go on when both are lost. */
const serving: ReadonlySet<string> = new Set(['gateway', 'model-server']);

const EMPTY_WITHIN_MS = 60_000;

/** What a disaster takes. */
export const disasters = ['both', 'kafka', 'postgres'] as const;
export type Lost = (typeof disasters)[number];
const storesOf = { both: ['kafka', 'postgres'], kafka: ['kafka'], postgres: ['postgres'] } as const;

/** The whole product on a Kafka and a PostgreSQL that can be lost, and a backup of the latter. */
export class DrillStack {
  readonly stack: ChaosStack;
  private dataFolder = '';
  private backedUpAtMs = 0;
  private fleet: ManagedService[] = [];
  private provider: MoodyProvider | undefined;

  constructor(private readonly options: { readonly root: string; readonly dataDir: string; readonly way: BackupWay; readonly say: (text: string) => void }) {
    this.stack = new ChaosStack(join(options.dataDir, 'stack'), options.say);
  }

  get gatewayUrl(): string {
    return this.fleet.find(({ name }) => name === 'gateway')?.url ?? '';
  }

  async start(): Promise<void> {
    const { root, dataDir, say } = this.options;
    await this.stack.start();
    const { brokers, databaseUrl } = this.stack;
    process.env['KAFKA_BROKERS'] = brokers.join(',');
    this.provider = await MoodyProvider.start();
    this.fleet = await makeFleet({ root, dataDir, brokers, databaseUrl, env, providers: { usual: { baseUrl: this.provider.baseUrl } } });
    say(`starting ${this.fleet.length} processes`);
    await this.startServices(() => true);
    this.dataFolder = (await this.query<{ folder: string }>(`select current_setting('data_directory') as folder`))[0]?.folder ?? '';
  }

  /** While everything runs. */
  async backUp(): Promise<void> {
    this.backedUpAtMs = Date.now();
    await backups[this.options.way].backUp(this.places);
  }

  /** The stores end at once, with all that they held. */
  async lose(lost: Lost): Promise<void> {
    await Promise.all(storesOf[lost].map((store) => this.stack.end(store, 'SIGKILL')));
    if (lost !== 'postgres') rmSync(join(this.options.dataDir, 'stack', 'kafka'), { recursive: true, force: true });
    if (lost !== 'kafka') rmSync(this.dataFolder, { recursive: true, force: true });
  }

  async stopJudge(): Promise<void> {
    await this.fleet.find(({ options: { service } }) => service === 'evaluator')?.stop();
  }

  async stopLoop(): Promise<void> {
    await Promise.all(this.loop.map((service) => service.stop()));
  }

  /** PostgreSQL from the backup, and a Kafka that knows no more than it should. */
  async restore(lost: Lost): Promise<void> {
    const { putFiles, putRows } = backups[this.options.way];
    if (lost !== 'kafka') putFiles?.(this.places);
    await this.stack.start();
    if (lost !== 'kafka') putRows?.(this.places);
    if (lost === 'postgres') await this.rewind();
  }

  startLoop(): Promise<void> {
    return this.startServices(({ options: { service } }) => !serving.has(service));
  }

  async query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.stack.databaseUrl });
    await client.connect();
    return client.query<Row>(sql).then(({ rows }) => rows).finally(() => client.end());
  }

  async stop(): Promise<void> {
    await Promise.all(this.fleet.map((service) => service.stop()));
    await this.provider?.stop();
    await this.stack.stop();
  }

  /** Members that were killed are in their groups until their sessions are over, which the command does not wait for. */
  private rewind(): Promise<void> {
    const { root, say } = this.options;
    const rewind = ['rewind', '--to', new Date(this.backedUpAtMs).toISOString(), '--yes'];
    return eventually(
      async () => {
        const { code, stdout, stderr } = await runAsShown({ root, brokers: this.stack.brokers, say }, 'docs/operating/backup.md', rewind);
        if (code !== 0) throw new Error(stderr);
        say(stdout);
      },
      { withinMs: EMPTY_WITHIN_MS, everyMs: 2_000 },
    );
  }

  private get places(): BackupPlaces {
    return { databaseUrl: this.stack.databaseUrl, dataFolder: this.dataFolder, backup: join(this.options.dataDir, 'backup') };
  }

  private get loop(): ManagedService[] {
    return this.fleet.filter(({ options: { service } }) => !serving.has(service));
  }

  private async startServices(wanted: (service: ManagedService) => boolean): Promise<void> {
    const services = this.fleet.filter(wanted);
    for (const service of services) service.start();
    await Promise.all(services.map((service) => service.untilReady()));
  }
}
