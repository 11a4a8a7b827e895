import { Module, type DynamicModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EventProducer, type KafkaClient } from '@ratchet/kafka';
import { Logger, Metrics, type Tracing } from '@ratchet/observability';
import { CONFIG, HealthDetails, KAFKA, TRACING } from '@ratchet/service';
import type { GatewayConfig } from './config.js';
import { Gateway } from './gateway.js';

@Module({
  providers: [
    {
      provide: Gateway,
      useFactory: (config: GatewayConfig, kafka: KafkaClient, producer: EventProducer, logger: Logger, metrics: Metrics, tracing: Tracing, http: HttpAdapterHost, health: HealthDetails) =>
        new Gateway({ config, kafka, producer, logger, metrics, tracing, http, health }),
      inject: [CONFIG, KAFKA, EventProducer, Logger, Metrics, TRACING, HttpAdapterHost, HealthDetails],
    },
  ],
})
export class AppModule {
  static forRoot(): DynamicModule {
    return { module: AppModule };
  }
}
