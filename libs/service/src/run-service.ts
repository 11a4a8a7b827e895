import 'reflect-metadata';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { topicCatalogue } from '@ratchet/contracts';
import type { EventEnvelope, ServiceContract } from '@ratchet/contracts';
import { checkBrokers, createKafka, ensureTopics, EventProducer, securityOf } from '@ratchet/kafka';
import { describeError, Logger, Metrics, openTracing, RatchetError } from '@ratchet/observability';
import { Database, Leader, OutboxRelay, prepareJobs, rotateInbox, rotateSentEvents, startJobs, startTicks } from '@ratchet/persistence';
import type { ApplicationRole, Cron, Job, Tick } from '@ratchet/persistence';
import type { BaseConfig } from './config.js';
import { BatchWatch } from './batch-watch.js';
import { ConsumerState } from './consumer-state.js';
import { needsBroker, needsDatabase, needsGroup, Readiness } from './readiness.js';
import { refuseBadAddress } from './refuse-bad-address.js';
import { refuseUnreadable } from './refuse-unreadable.js';
import { DatabaseConsumerStrategy } from './database-consumer.strategy.js';
import { PlatformModule } from './platform.module.js';
import type { PlatformServices } from './platform.module.js';
import { republishersOf, republishLost } from './republish.js';
import type { Republisher } from './republish.js';
import { RethrowFilter } from './rethrow.filter.js';
import { WORK } from './tokens.js';

export interface Work {
  readonly jobs?: readonly Job[];
  readonly ticks?: readonly Tick[];
  readonly crons?: readonly Cron[];
  readonly republishers?: readonly Republisher[];
}

export interface ServiceOptions<Config extends BaseConfig> {
  readonly contract: ServiceContract;
  readonly loadConfig: (env: NodeJS.ProcessEnv) => Config;
  readonly module: (config: Config) => DynamicModule;
  /** TypeORM migration classes; services with a database consume through it. */
  readonly database?: { readonly migrations: readonly Function[]; readonly role?: ApplicationRole; readonly connectionsMax?: number };
  /** A fetch waits for so many bytes, for up to 200 ms: 1 where people wait for each event, more for fewer and larger transactions. */
  readonly fetchBytesMin?: number;
  /** Events that this refuses are passed over without a trace in the inbox: for a service that needs only a sample of a busy topic. */
  readonly accepts?: (event: EventEnvelope, config: Config) => boolean;
  /** A rest after each batch of a topic, in milliseconds by its name: for busy topics that nobody waits for, so that those that people wait for have the machine. */
  readonly restMs?: Readonly<Record<string, number>>;
  /** Answers people or other programs while Kafka is away: an instance that cannot consume is still asked. */
  readonly isAskedWithoutKafka?: boolean;
  /** For a service that consumes in another way. */
  readonly strategy?: (services: PlatformServices) => CustomTransportStrategy;
  readonly bodyBytesMax?: number;
  /** Of a request's headers, its address included; 16 KiB where it is absent. */
  readonly headerBytesMax?: number;
  /** What the service adds to its HTTP server before it starts. */
  readonly prepare?: (app: NestFastifyApplication, config: Config) => Promise<void>;
}

const MINUTE_MS = 60_000;
const ROTATE_EVERY_MS = 3_600_000;
const STOP_WITHIN_MS = 25_000;

/** Argument by which a service brings its topics and its schema up to date, and ends. */
const MIGRATE = '--migrate';

/** Runs a service until SIGTERM or SIGINT: configuration, database, topics, Nest application, consumers, leader's work. With `--migrate`, only until topics and schema are there. */
export const runService = async <Config extends BaseConfig>(options: ServiceOptions<Config>): Promise<void> => {
  const { service } = options.contract;
  let logger = Logger.create({ service });
  try {
    const config = options.loadConfig(process.env);
    logger = Logger.create({ service, level: config.LOG_LEVEL });
    if (process.argv.includes(MIGRATE)) await migrate(options, config, logger);
    else await start(options, config, logger);
  } catch (error) {
    if (error instanceof RatchetError && error.code === 'bad_configuration') {
      process.stderr.write(`${service}: ${error.message}\n`);
      process.exit(2);
    }
    logger.error('the service could not start', describeError(error));
    process.exit(1);
  }
};

const migrate = async <Config extends BaseConfig>(options: ServiceOptions<Config>, config: Config, logger: Logger): Promise<void> => {
  const { service } = options.contract;
  const settings = kafkaSettings(service, config);
  await checkBrokers(settings);
  await ensureTopics(createKafka(settings, logger), wantedTopics(service, config));
  const database = options.database ? await openDatabase(options, config, logger) : undefined;
  await database?.stop();
  logger.info('topics and schema are up to date', { schema: database !== undefined });
  process.exit(0);
};

const kafkaSettings = (clientId: string, config: BaseConfig) => ({ brokers: config.KAFKA_BROKERS, clientId, ...securityOf(config) });

const wantedTopics = (service: string, config: BaseConfig) => ({ catalogue: topicCatalogue, replicationFactor: config.KAFKA_REPLICATION_FACTOR, services: [service] });

const start = async <Config extends BaseConfig>(options: ServiceOptions<Config>, config: Config, logger: Logger): Promise<void> => {
  const { contract } = options;
  const metrics = Metrics.forProcess();
  const tracing = await openTracing({ endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT, sampleRatio: config.OTEL_TRACES_SAMPLER_ARG, service: contract.service, onError: (message) => logger.warn('traces could not be sent', { reason: message }) });
  const settings = kafkaSettings(contract.service, config);
  const kafka = createKafka(settings, logger);
  const producer = new EventProducer(kafka);
  const database = options.database ? await openDatabase(options, config, logger) : undefined;
  const topicsExist = checkBrokers(settings).then(() => ensureTopics(kafka, wantedTopics(contract.service, config)));
  // A service that consumes needs its topics; one that only produces (the gateway) must serve while Kafka is away.
  if (database || options.strategy) await topicsExist;
  else topicsExist.catch((error: unknown) => logger.warn('the topics could not be checked', describeError(error)));
  const watch = new BatchWatch(config.STUCK_AFTER_MINUTES * MINUTE_MS);
  const consumes = options.strategy !== undefined || (database !== undefined && contract.consumes.length > 0);
  const consumer = consumes ? new ConsumerState(metrics) : undefined;
  const readiness = new Readiness();
  if (database) readiness.require(needsDatabase(database));
  if (consumer && !options.isAskedWithoutKafka) readiness.require(needsBroker(settings), needsGroup(consumer));
  const services: PlatformServices = { config, logger, metrics, tracing, kafka, producer, watch, readiness, ...(consumer && { consumer }), ...(database && { database }) };

  const adapter = new FastifyAdapter({ bodyLimit: options.bodyBytesMax ?? 5_242_880, ...(options.headerBytesMax !== undefined && { http: { maxHeaderSize: options.headerBytesMax } }), clientErrorHandler: refuseUnreadable, frameworkErrors: refuseBadAddress as never });
  const root: DynamicModule = { module: class ServiceModule {}, imports: [PlatformModule.with(services), options.module(config)] };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { logger: ['error', 'warn'], abortOnError: false });
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  const strategy = options.strategy?.(services) ?? (database && consumer ? new DatabaseConsumerStrategy({ contract, kafka, database, producer, logger, metrics, tracing, watch, consumer, accepts: (event) => options.accepts?.(event, config) ?? true, ...(options.fetchBytesMin !== undefined && { fetchBytesMin: options.fetchBytesMin }), ...(options.restMs && { restMs: options.restMs }) }) : undefined);
  app.useGlobalFilters(new RethrowFilter(app.getHttpAdapter()));
  await options.prepare?.(app, config);
  if (strategy) app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.init();
  const republishers = republishersOf(contract, readWork(app).republishers ?? []);
  if (database) await republishLost({ kafka, database, republishers, logger });
  const leader = database && startLeader({ app, services, database, service: contract.service, kept: republishers.flatMap(({ topic, isOfLastDay }) => (isOfLastDay ? topic : [])) });
  if (strategy) await app.startAllMicroservices();
  await app.listen(config.HTTP_PORT, config.HTTP_HOST);
  logger.info('listening', { address: await app.getUrl() });
  stopOnSignals(async () => {
    await app.close();
    await leader?.stop();
    await producer.close();
    await database?.stop();
    await tracing.close();
  }, logger);
};

const openDatabase = async <Config extends BaseConfig>(options: ServiceOptions<Config>, config: Config, logger: Logger): Promise<Database> => {
  const { DATABASE_URL: url, MIGRATION_DATABASE_URL: migrationUrl } = config as { DATABASE_URL?: string; MIGRATION_DATABASE_URL?: string };
  if (!url) throw new RatchetError({ code: 'bad_configuration', message: 'DATABASE_URL: is missing; build the schema on databaseConfigSchema' });
  const { service } = options.contract;
  const { role, connectionsMax, migrations = [] } = options.database ?? {};
  const onRoleRefused = (error: unknown): void => logger.warn('the role of the application cannot be used: it works with all rights of its login', { role: role?.name, ...describeError(error) });
  const database = new Database({ url, service, migrations: [...migrations], migrationUrl, onRoleRefused, ...(role && { role }), ...(connectionsMax !== undefined && { connectionsMax }) });
  await database.start();
  await prepareJobs({ url: migrationUrl ?? url, service, logger });
  return database;
};

const startLeader = ({ app, services, database, service, kept }: { app: NestFastifyApplication; services: PlatformServices; database: Database; service: string; kept: readonly string[] }): Leader => {
  const { logger, producer, metrics } = services;
  const work = readWork(app);
  metrics.setLeading(false);
  const rotations: Tick[] = [
    { tickName: 'rotate-inbox', everyMs: ROTATE_EVERY_MS, tick: async () => void (await rotateInbox(database)) },
    { tickName: 'rotate-sent-events', everyMs: ROTATE_EVERY_MS, tick: async () => void (await rotateSentEvents(database)) },
  ];
  const leader = new Leader({
    url: database.url,
    service,
    logger,
    onElected: async () => {
      const relay = new OutboxRelay({ database, logger, kept, send: (records) => producer.sendRecords(records) });
      relay.start();
      metrics.setLeading(true);
      const stopJobs = work.jobs?.length ? await startJobs({ url: database.url, service, jobs: work.jobs, crons: work.crons ?? [], logger }) : async () => undefined;
      const stopTicks = startTicks([...rotations, ...(work.ticks ?? [])], logger);
      // Together: once another one leads, none of it may go on for long.
      return async () => {
        metrics.setLeading(false);
        await Promise.all([stopTicks(), stopJobs(), relay.stop()]);
      };
    },
  });
  leader.start();
  return leader;
};

/** Nest logs an error, with its stack, where one asks it for what no module provides; a service without jobs and ticks is none. */
const readWork = (app: NestFastifyApplication): Work => {
  for (const { providers } of app.get(ModulesContainer).values()) {
    const found = providers.get(WORK);
    if (found) return found.instance as Work;
  }
  return {};
};

const stopOnSignals = (stop: () => Promise<void>, logger: Logger): void => {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info('stopping', { signal });
    setTimeout(() => {
      logger.error('stopping took too long');
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('stopping failed', describeError(error));
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
};
