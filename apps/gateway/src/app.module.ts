import { Module, type DynamicModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EventProducer, type KafkaClient } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { CONFIG, HealthDetails, KAFKA } from '@ratchet/service';
import type { GatewayConfig } from './config.js';
import { Gateway } from './gateway.js';

@Module({
  providers: [
    {
      provide: Gateway,
      useFactory: (config: GatewayConfig, kafka: KafkaClient, producer: EventProducer, logger: Logger, metrics: Metrics, http: HttpAdapterHost, health: HealthDetails) =>
        new Gateway({ config, kafka, producer, logger, metrics, http, health }),
      inject: [CONFIG, KAFKA, EventProducer, Logger, Metrics, HttpAdapterHost, HealthDetails],
    },
  ],
})
export class AppModule {
  static forRoot(): DynamicModule {
    return { module: AppModule };
  }
}
