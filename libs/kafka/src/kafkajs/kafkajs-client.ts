import type { Kafka } from 'kafkajs';
import type { ConsumerOptions, KafkaAdmin, KafkaClient, KafkaConsumer, KafkaProducer, TransactionalProducer } from '../client/kafka-client.js';
import { KafkajsAdmin } from './kafkajs-admin.js';
import { KafkajsConsumer } from './kafkajs-consumer.js';
import { KafkajsProducer, KafkajsTransactionalProducer } from './kafkajs-producers.js';

/** Our interface over kafkajs; the only folder that knows it. */
export class KafkajsClient implements KafkaClient {
  constructor(private readonly kafka: Kafka) {}

  consumer(options: ConsumerOptions): KafkaConsumer {
    return new KafkajsConsumer(this.kafka, options);
  }

  producer(): KafkaProducer {
    return new KafkajsProducer(this.kafka);
  }

  transactionalProducer(transactionalId: string): TransactionalProducer {
    return new KafkajsTransactionalProducer(this.kafka, transactionalId);
  }

  admin(): KafkaAdmin {
    return new KafkajsAdmin(this.kafka);
  }
}
