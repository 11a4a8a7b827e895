import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChaosStack } from '../chaos/chaos-stack.js';
import { makeFleet } from '../chaos/fleet.js';
import { loopEnvironment } from '../chaos/loop-driver.js';
import type { ManagedService } from '../chaos/managed-service.js';
import { ScriptedModelServer } from './scripted-model-server.js';
import { memories } from './workloads.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Clocks and counts of a small product; gates are the defaults. */
const environment = {
  'signal-detector': { FETCH_WAIT_MS: '50', FETCH_BYTES_MIN: '1' },
  analyzer: { MIN_CLUSTER_SIZE: '5', CLUSTER_K_MAX: '2' },
  'data-generator': { GENERATE_DELAY_MS: '300' },
  'trainer-dispatcher': { TRIGGER_EVERY_MS: '500', TRIGGER_EXAMPLES: '30', TRIGGER_PAUSE_MS: '1000', TRIGGER_PAUSE_MAX_MS: '1000', TRAINING_POLL_MS: '200' },
  evaluator: { SAMPLE_RATE: '0', JUDGE_CONCURRENCY: '8' },
  'rollout-controller': loopEnvironment['rollout-controller'],
};

/** Kafka, PostgreSQL, a model that can only be told things, and every service of the product. */
export class FixStack {
  fleet: ManagedService[] = [];
  model: ScriptedModelServer | undefined;
  private readonly dataDir = mkdtempSync(join(tmpdir(), 'ratchet-fixes-'));
  private readonly stack = new ChaosStack(join(this.dataDir, 'stack'), () => undefined);

  get brokers(): readonly string[] {
    return this.stack.brokers;
  }

  get databaseUrl(): string {
    return this.stack.databaseUrl;
  }

  async start(): Promise<void> {
    await this.stack.start();
    process.env['KAFKA_BROKERS'] = this.stack.brokers.join(',');
    this.model = await ScriptedModelServer.start(memories);
    const made = await makeFleet({ root, dataDir: this.dataDir, brokers: this.stack.brokers, databaseUrl: this.stack.databaseUrl, env: environment, providers: { scripted: { baseUrl: this.model.baseUrl } } });
    this.fleet = made.filter(({ name }) => name !== 'signal-detector-b' && name !== 'console');
    for (const service of this.fleet) service.start();
    await Promise.all(this.fleet.map((service) => service.untilReady()));
  }

  urlOf(service: string): string {
    const found = this.fleet.find(({ options }) => options.service === service);
    if (!found) throw new Error(`${service} is not started`);
    return found.url;
  }

  async stop(): Promise<void> {
    await Promise.all(this.fleet.map((service) => service.stop()));
    await this.model?.stop();
    await this.stack.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
