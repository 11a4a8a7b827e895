import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { PlatformModule } from '@ratchet/service';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { AppModule } from '../../app.module.js';
import { type Config, loadConfig } from '../../config.js';
import { contract } from '../../contract.js';
import { prepareApp } from '../../http/prepare-app.js';
import { LiveFeed } from '../../live/live-feed.js';
import { migrations } from '../../persistence/migrations.js';

export const ADMIN_TOKEN = 'the-first-admin-of-the-test-console';

export interface TestConsole {
  readonly app: NestFastifyApplication;
  readonly database: Database;
  readonly store: TestDatabase;
  readonly config: Config;
  stop(): Promise<void>;
}

/** The console as it runs, but for Kafka: on a database of its own, asked by `app.inject`. */
export const startTestConsole = async ({ env = {}, logger = Logger.silent(), before }: { env?: Record<string, string>; logger?: Logger; before?: (app: NestFastifyApplication) => void } = {}): Promise<TestConsole> => {
  const store = await createTestDatabase('console');
  const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: store.url, FIRST_ADMIN_TOKEN: ADMIN_TOKEN, SIGN_INS_PER_MINUTE: '10000', REQUESTS_PER_MINUTE: '100000', ...env });
  const database = new Database({ url: store.url, service: contract.service, migrations });
  await database.start();
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test' }, Logger.silent());
  const platform = PlatformModule.with({ config, logger, metrics: new Metrics(), kafka, producer: new EventProducer(kafka), database });
  const module = AppModule.create();
  const withoutKafka = { ...module, providers: [...(module.providers ?? []), { provide: LiveFeed, useValue: { interactions: () => [], counts: new Map(), rejected: 0 } }] };
  const app = await NestFactory.create<NestFastifyApplication>({ module: class Root {}, imports: [platform, withoutKafka] }, new FastifyAdapter(), { logger: ['error'], abortOnError: false });
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  await prepareApp(app);
  before?.(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const stop = async (): Promise<void> => {
    await app.close();
    await database.stop();
    await store.drop();
  };
  return { app, database, store, config, stop };
};

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly cookies: readonly { readonly name: string; readonly value: string; readonly [attribute: string]: unknown }[];
  json(): Record<string, unknown>;
}

/** What a browser keeps of an answer that set cookies, and what its page sends with a change. */
export const browserOf = ({ cookies }: Pick<Answer, 'cookies'>): { cookie: string; 'x-csrf-token': string } => ({
  cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
  'x-csrf-token': cookies.find(({ name }) => name.endsWith('ratchet_csrf'))?.value ?? '',
});

export const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });
