import { setTimeout as wait } from 'node:timers/promises';
import { encodeEvent, topicCatalogue } from '@ratchet/contracts';
import { routingChanged, versionPublished } from '@ratchet/domain';
import { createKafka, ensureTopics, EventProducer, type KafkaClient } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { createTopics, eventually } from '@ratchet/testing';
import type { ITopicConfig } from 'kafkajs';
import { ChaosStack } from '../chaos/chaos-stack.js';
import { makeFleet, type ChaosService } from '../chaos/fleet.js';
import { trainFirstModel } from '../chaos/loop-driver.js';
import type { ManagedService } from '../chaos/managed-service.js';
import { firstLessons } from '../chaos/product.js';

export interface DoorsStackOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly services: readonly ChaosService[];
  readonly env?: Readonly<Partial<Record<ChaosService, Readonly<Record<string, string>>>>>;
  /** Topics that are not Ratchet's own. */
  readonly topics?: readonly ITopicConfig[];
  readonly say: (text: string) => void;
}

/** What clients ask the gateway for. */
export const MODEL = 'support-assistant';
const VERSION = 'first';
const STOPPED_WITHIN_MS = 20_000;

/** Kafka, the embedded model as a provider, and the services at the doors, as processes of the built code; the model is trained and served. */
export class DoorsStack {
  fleet: readonly ManagedService[] = [];
  /** What the provider calls the model. */
  providerModel = '';
  private readonly stack: ChaosStack;
  private client: KafkaClient | undefined;

  constructor(private readonly options: DoorsStackOptions) {
    this.stack = new ChaosStack(`${options.dataDir}/stack`, options.say);
  }

  get brokers(): string[] {
    return this.stack.brokers;
  }

  get kafka(): KafkaClient {
    return (this.client ??= createKafka({ brokers: this.brokers, clientId: 'doors' }, Logger.silent()));
  }

  urlOf(service: ChaosService): string {
    const found = this.fleet.find(({ options }) => options.service === service);
    if (!found) throw new Error(`${service} is not part of this run`);
    return found.url;
  }

  async start(): Promise<void> {
    const { root, dataDir, services, env = {}, say } = this.options;
    await this.stack.start();
    process.env['KAFKA_BROKERS'] = this.brokers.join(',');
    await ensureTopics(this.kafka, { catalogue: topicCatalogue, replicationFactor: 1, services });
    if (this.options.topics) await createTopics(this.options.topics);
    const made = await makeFleet({ root, dataDir, brokers: this.brokers, databaseUrl: this.stack.databaseUrl, env });
    this.fleet = made.filter(({ name, options }) => services.includes(options.service as ChaosService) && !name.endsWith('-b'));
    for (const service of this.fleet) service.start();
    await Promise.all(this.fleet.map((service) => service.untilReady()));
    say('a first model is trained');
    this.providerModel = await trainFirstModel(this.urlOf('model-server'), firstLessons, 1);
    await this.publish();
  }

  async stop(): Promise<void> {
    await Promise.race([Promise.all(this.fleet.map((service) => service.stop())), wait(STOPPED_WITHIN_MS)]);
    await this.stack.stop();
  }

  private async publish(): Promise<void> {
    const target = { model: MODEL, workload: 'default' };
    const now = new Date().toISOString();
    const bundle = { provider: { name: 'embedded', model: this.providerModel } };
    const events = [
      { type: versionPublished.type, data: { versionId: VERSION, ...target, ordinal: 1, bundle, contentHash: VERSION, publishedAt: now } },
      { type: routingChanged.type, data: { ...target, revision: 1, champion: VERSION, share: 0, stage: 0, salt: VERSION, stickTo: 'conversation', changedAt: now } },
    ];
    const producer = new EventProducer(this.kafka);
    await producer.sendRecords(events.map((event) => encodeEvent({ id: `doors-${event.type}`, source: '/doors', time: now, ...event })));
    await producer.close();
    await eventually(async () => {
      const { data } = (await (await fetch(`${this.urlOf('gateway')}/v1/models`)).json()) as { data: { id: string }[] };
      if (!data.some(({ id }) => id === MODEL)) throw new Error(`the gateway does not serve ${MODEL} yet`);
    }, { withinMs: 30_000 });
  }
}
