import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, prepareJobs } from '@ratchet/persistence';
import { InMemoryChatProvider, VersionRuntime } from '@ratchet/providers';
import type { ScriptedAnswer } from '@ratchet/providers';
import { PlatformModule } from '@ratchet/service';
import { AppModule } from '../app.module.js';
import { loadConfig } from '../config.js';
import { contract } from '../contract.js';
import { migrations } from '../persistence/migrations.js';
import { SamplingRates } from '../quality/sampling/sampling-rates.js';

/** The evaluator without its consumers: a test calls its handlers, jobs and ticks itself. */
export interface EvaluatorApp {
  readonly app: INestApplicationContext;
  readonly database: Database;
  /** The content of all outgoing events of a type, as they were written. */
  sent<Data = Record<string, unknown>>(type: string): Promise<Data[]>;
  stop(): Promise<void>;
}

/** On the database of `url`; no broker is reached. */
export const startEvaluator = async ({ url, env = {}, metrics = new Metrics() }: { url: string; env?: Readonly<Record<string, string>>; metrics?: Metrics }): Promise<EvaluatorApp> => {
  const logger = Logger.silent();
  const database = new Database({ url, service: contract.service, migrations });
  await database.start();
  await prepareJobs({ url, service: contract.service, logger });
  const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: url, PROVIDERS: '[]', ...env });
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', ssl: false }, logger);
  const platform = PlatformModule.with({ config, logger, metrics, kafka, producer: new EventProducer(kafka), database });
  const app = await NestFactory.createApplicationContext({ module: class Root {}, imports: [platform, AppModule.with(new SamplingRates())] }, { logger: ['error'] });
  return {
    app,
    database,
    sent: async <Data>(type: string) => (await database.query<{ value: string }>(`select value from outbox where headers->>'ce_type' = $1 order by sequence`, [type])).map(({ value }) => JSON.parse(value) as Data),
    stop: async () => {
      await app.close();
      await database.stop();
    },
  };
};

/** The runtime itself is real; only the provider `scripted` behind it is not. */
export const scriptProvider = ({ app }: Pick<EvaluatorApp, 'app'>, answer: (model: string, question: string) => ScriptedAnswer): void => {
  const provider = new InMemoryChatProvider({ name: 'scripted', answer: ({ model, messages }) => answer(model, messages.at(-1)?.content ?? '') });
  Object.assign(app.get(VersionRuntime), new VersionRuntime({ providers: new Map([['scripted', provider]]) }));
};
