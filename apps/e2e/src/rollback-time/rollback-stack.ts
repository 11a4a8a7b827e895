import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ChaosStack } from '../chaos/chaos-stack.js';
import { freePort, ManagedService } from '../chaos/managed-service.js';
import { MoodyProvider } from './moody-provider.js';

/** The stages last half a day: what acts before that is a guard. */
const policy = { shares: [0.2, 0.5, 1], minSamples: [50, 200, 200], minSoakMs: [43_200_000, 43_200_000], bakeMs: 43_200_000 };

const GATEWAYS = 2;

/** Kafka, PostgreSQL, two gateways, a signal-detector and a rollout-controller, all with production's settings but for the policy's stages. */
export class RollbackStack {
  readonly stack: ChaosStack;
  gateways: ManagedService[] = [];
  private others: ManagedService[] = [];
  private moody: MoodyProvider[] = [];

  constructor(private readonly options: { readonly root: string; readonly dataDir: string; readonly say: (text: string) => void }) {
    this.stack = new ChaosStack(join(options.dataDir, 'stack'), options.say);
  }

  /** Of the candidate; the champion has one of its own. */
  get candidate(): MoodyProvider {
    const [, candidate] = this.moody;
    if (!candidate) throw new Error('the stack has not been started');
    return candidate;
  }

  async start(): Promise<void> {
    const { dataDir, say } = this.options;
    await this.stack.start();
    process.env['KAFKA_BROKERS'] = this.stack.brokers.join(',');
    this.moody = [await MoodyProvider.start(), await MoodyProvider.start()];
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    const [usual, candidate] = this.moody;
    const providers = { PROVIDERS: JSON.stringify({ usual: { baseUrl: usual?.baseUrl }, candidate: { baseUrl: candidate?.baseUrl } }) };
    this.gateways = await Promise.all(Array.from({ length: GATEWAYS }, (_, i) => this.service('gateway', `gateway-${i}`, { ...providers, GATEWAY_DATA_DIR: join(dataDir, `gateway-${i}`) })));
    this.others = [await this.service('signal-detector', 'signal-detector', {}), await this.service('rollout-controller', 'rollout-controller', { ROLLOUT_POLICY: JSON.stringify(policy) })];
    say('starting the services');
    for (const service of [...this.gateways, ...this.others]) service.start();
    await Promise.all([...this.gateways, ...this.others].map((service) => service.untilReady()));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.gateways, ...this.others].map((service) => service.stop()));
    await Promise.all(this.moody.map((provider) => provider.stop()));
    await this.stack.stop();
  }

  private async service(service: string, instance: string, env: Readonly<Record<string, string>>): Promise<ManagedService> {
    const { root, dataDir } = this.options;
    const shared = { NODE_OPTIONS: '', KAFKA_BROKERS: this.stack.brokers.join(','), DATABASE_URL: this.stack.databaseUrl };
    return new ManagedService({ service, instance, script: join(root, 'apps', service, 'dist', 'main.js'), port: await freePort(), env: { ...shared, ...env }, logFile: join(dataDir, 'logs', `${instance}.log`) });
  }
}
