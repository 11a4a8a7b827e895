import { Module, type DynamicModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EventProducer, type KafkaClient } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { CONFIG, KAFKA } from '@ratchet/service';
import type { GatewayConfig } from './config.js';
import { Gateway } from './gateway.js';

@Module({
  providers: [
    {
      provide: Gateway,
      useFactory: (config: GatewayConfig, kafka: KafkaClient, producer: EventProducer, logger: Logger, metrics: Metrics, http: HttpAdapterHost) =>
        new Gateway({ config, kafka, producer, logger, metrics, http }),
      inject: [CONFIG, KAFKA, EventProducer, Logger, Metrics, HttpAdapterHost],
    },
  ],
})
export class AppModule {
  static forRoot(): DynamicModule {
    return { module: AppModule };
  }
}
