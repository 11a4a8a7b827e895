import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ChaosStack } from '../chaos/chaos-stack.js';
import { makeFleet } from '../chaos/fleet.js';
import type { ManagedService } from '../chaos/managed-service.js';
import { DatabaseHolds } from './database-holds.js';
import { buryMembers } from './dead-members.js';
import { ModelDoor } from './model-door.js';

export const killedServices = ['trainer-dispatcher', 'model-server', 'evaluator'] as const;
export type KilledService = (typeof killedServices)[number];

/** No trigger fires by itself; nothing but the candidates is judged. Gates are the defaults. */
const environment = {
  'trainer-dispatcher': { TRAINING_POLL_MS: '100' },
  evaluator: { SAMPLE_RATE: '0', JUDGE_CONCURRENCY: '8' },
};

/** Kafka, PostgreSQL and the three services that a cycle is made by; the model server is reached through a door. */
export class KillStack {
  private readonly stack: ChaosStack;
  private fleet: ManagedService[] = [];
  private opened: { readonly door: ModelDoor; readonly holds: DatabaseHolds } | undefined;

  constructor(private readonly options: { readonly root: string; readonly dataDir: string; readonly say: (text: string) => void }) {
    this.stack = new ChaosStack(join(options.dataDir, 'stack'), options.say);
  }

  get door(): ModelDoor {
    return this.running.door;
  }

  get holds(): DatabaseHolds {
    return this.running.holds;
  }

  get databaseUrl(): string {
    return this.stack.databaseUrl;
  }

  get modelServerDir(): string {
    return join(this.options.dataDir, 'model-server');
  }

  get modelServerUrl(): string {
    return this.find('model-server').url;
  }

  async start(): Promise<void> {
    const { root, dataDir, say } = this.options;
    await this.stack.start();
    process.env['KAFKA_BROKERS'] = this.stack.brokers.join(',');
    const door = await ModelDoor.open();
    this.opened = { door, holds: new DatabaseHolds(this.stack.databaseUrl) };
    const made = await makeFleet({ root, dataDir, brokers: this.stack.brokers, databaseUrl: this.stack.databaseUrl, env: environment, providers: { embedded: { baseUrl: door.baseUrl } } });
    this.fleet = made.filter(({ options: { service } }) => killedServices.some((name) => name === service));
    door.leadTo(this.find('model-server').options.port);
    say(`starting ${this.fleet.length} services`);
    for (const service of this.fleet) service.start();
    await this.untilReady();
  }

  async untilReady(): Promise<void> {
    await Promise.all(this.fleet.map((service) => service.untilReady()));
  }

  killsOf(name: KilledService): number {
    return this.find(name).kills;
  }

  /** SIGKILL, as soon as there is a process to kill; it is started again by itself. */
  async kill(name: KilledService): Promise<void> {
    const service = this.find(name);
    const before = service.kills;
    for (service.kill(); service.kills === before; service.kill()) await service.untilReady();
  }

  /** A dead consumer would hold its partitions until its session is over. */
  async bury(name: KilledService): Promise<void> {
    const [broker = ''] = this.stack.brokers;
    if (name !== 'model-server') await buryMembers(broker, name);
  }

  suspendKafka(): void {
    this.stack.suspend('kafka');
  }

  resumeKafka(): void {
    this.stack.resume('kafka');
  }

  /** The same version under a name of its own: copies from elsewhere are found without a restart. */
  copyModel(id: string, name: string): string {
    const copy = `${name}@${id.slice(id.indexOf('@') + 1)}`;
    cpSync(join(this.modelServerDir, 'models', id), join(this.modelServerDir, 'models', copy), { recursive: true });
    return copy;
  }

  /** A file is known by its content: without this, a cycle would find the file of the one before. */
  forgetFiles(): void {
    const folder = join(this.modelServerDir, 'files');
    for (const entry of readdirSync(folder)) rmSync(join(folder, entry), { force: true });
  }

  async stop(): Promise<void> {
    await Promise.all(this.fleet.map((service) => service.stop()));
    await this.opened?.holds.close();
    await this.opened?.door.close();
    await this.stack.stop();
  }

  private get running() {
    if (!this.opened) throw new Error('the stack has not been started');
    return this.opened;
  }

  private find(name: KilledService): ManagedService {
    const found = this.fleet.find(({ options }) => options.service === name);
    if (!found) throw new Error(`${name} is not started`);
    return found;
  }
}
