import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { ChaosStack } from '../chaos/chaos-stack.js';
import { freePort, ManagedService } from '../chaos/managed-service.js';
import { buryMembers } from '../cycle-kills/dead-members.js';
import type { DeathWarrant } from './death-warrant.js';
import { policies } from './scripts.js';

const SERVICE = 'rollout-controller';

/** No step has so many writes. */
const WRITES_MAX = 40;

/** Of every workload that there may be: one for each death of a script. */
const policyOfEach = (): Record<string, unknown> =>
  Object.fromEntries(Object.entries(policies).flatMap(([script, policy]) => [workloadOf(script, { at: 0, when: 'before' }), ...Array.from({ length: WRITES_MAX }, (_, i) => (['before', 'after'] as const).map((when) => workloadOf(script, { at: i + 1, when }))).flat()].map((workload) => [workload, policy])));

/** The target's workload for one run of a script. */
export const workloadOf = (script: string, { at, when }: Pick<DeathWarrant, 'at' | 'when'>): string => `${script}-${at}-${when}`;

/** Kafka, PostgreSQL and rollout-controllers that die at the write that they are told. */
export class KillStack {
  readonly stack: ChaosStack;
  private readonly warrantFile: string;
  private readonly writesFile: string;
  private fleet: ManagedService[] = [];
  private pool: pg.Pool | undefined;

  constructor(private readonly options: { readonly root: string; readonly dataDir: string; readonly instances: number; readonly say: (text: string) => void }) {
    this.stack = new ChaosStack(join(options.dataDir, 'stack'), options.say);
    this.warrantFile = join(options.dataDir, 'warrant.json');
    this.writesFile = join(options.dataDir, 'writes.tsv');
  }

  async start(): Promise<void> {
    const { root, dataDir, instances, say } = this.options;
    await this.stack.start();
    process.env['KAFKA_BROKERS'] = this.stack.brokers.join(',');
    this.pool = new pg.Pool({ connectionString: this.stack.databaseUrl, max: 2, options: '-c search_path=rollout_controller' });
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    const preload = fileURLToPath(new URL('die-at-write.js', import.meta.url));
    for (let i = 0; i < instances; i += 1) {
      const instance = `${SERVICE}-${i}`;
      const env = {
        NODE_OPTIONS: `--import ${preload}`, DIE_FILE: this.warrantFile, WRITES_FILE: this.writesFile, KAFKA_BROKERS: this.stack.brokers.join(','), DATABASE_URL: this.stack.databaseUrl,
        ROLLOUT_WORKLOADS: JSON.stringify(policyOfEach()), TICK_MS: '200',
      };
      this.fleet.push(new ManagedService({ service: SERVICE, instance, script: join(root, 'apps', SERVICE, 'dist', 'main.js'), port: await freePort(), env, logFile: join(dataDir, 'logs', `${instance}.log`) }));
    }
    say(`starting ${instances} of ${SERVICE}`);
    for (const service of this.fleet) service.start();
    await this.untilReady();
  }

  async untilReady(): Promise<void> {
    await Promise.all(this.fleet.map((service) => service.untilReady()));
  }

  query<Row extends pg.QueryResultRow>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    if (!this.pool) throw new Error('the stack has not been started');
    return this.pool.query<Row>(sql, parameters).then(({ rows }) => rows);
  }

  /** From now on writes are counted, and the one that is meant kills its process. */
  arm(warrant: DeathWarrant): void {
    writeFileSync(`${this.warrantFile}.new`, JSON.stringify(warrant));
    rmSync(this.warrantFile, { force: true });
    writeFileSync(this.warrantFile, JSON.stringify(warrant));
  }

  disarm(): void {
    rmSync(this.warrantFile, { force: true });
  }

  /** The process that had a warrant takes it along. */
  get isArmed(): boolean {
    return existsSync(this.warrantFile);
  }

  /** What was written under a warrant, in order. */
  writesUnder(id: string): string[] {
    if (!existsSync(this.writesFile)) return [];
    return readFileSync(this.writesFile, 'utf8').split('\n').map((line) => line.split('\t')).filter(([of]) => of === id).map(([, label = '']) => label);
  }

  /** Alone, a dead consumer would hold its partitions until its session is over. */
  async bury(): Promise<void> {
    const [broker = ''] = this.stack.brokers;
    // The process is given the time to be dead.
    await wait(50);
    if (this.fleet.length === 1) await buryMembers(broker, SERVICE);
  }

  async stop(): Promise<void> {
    this.disarm();
    await Promise.all(this.fleet.map((service) => service.stop()));
    await this.pool?.end();
    await this.stack.stop();
  }
}
