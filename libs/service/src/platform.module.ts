import { Global, Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { EventProducer } from '@ratchet/kafka';
import type { KafkaClient } from '@ratchet/kafka';
import { Logger, Metrics, noTracing, type Tracing } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { BatchWatch } from './batch-watch.js';
import { HealthController } from './health.controller.js';
import type { ConsumerState } from './consumer-state.js';
import { HealthDetails } from './health-details.js';
import { Readiness } from './readiness.js';
import { CONFIG, KAFKA, TRACING } from './tokens.js';

/** What the platform hands to a service. */
export interface PlatformServices {
  readonly config: unknown;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Off where absent. */
  readonly tracing?: Tracing;
  readonly kafka: KafkaClient;
  readonly producer: EventProducer;
  readonly database?: Database;
  /** Watches nothing where absent. */
  readonly watch?: BatchWatch;
  /** Needs nothing where absent. */
  readonly readiness?: Readiness;
  /** Told by whoever consumes. */
  readonly consumer?: ConsumerState;
}

@Global()
@Module({})
export class PlatformModule {
  static with({ config, logger, metrics, tracing = noTracing, kafka, producer, database, watch = new BatchWatch(Number.POSITIVE_INFINITY), readiness = new Readiness(), consumer }: PlatformServices): DynamicModule {
    const details = new HealthDetails();
    if (consumer) details.add('consumer', () => consumer.details());
    const providers: Provider[] = [
      { provide: CONFIG, useValue: config },
      { provide: KAFKA, useValue: kafka },
      { provide: Logger, useValue: logger },
      { provide: Metrics, useValue: metrics },
      { provide: TRACING, useValue: tracing },
      { provide: EventProducer, useValue: producer },
      { provide: BatchWatch, useValue: watch },
      { provide: Readiness, useValue: readiness },
      { provide: HealthDetails, useValue: details },
      ...(database ? [{ provide: Database, useValue: database }] : []),
    ];
    return { module: PlatformModule, global: true, controllers: [HealthController], providers, exports: providers };
  }
}
