import kafkajs from 'kafkajs';
import type { KafkaConfig, Mechanism, SASLOptions } from 'kafkajs';
import type { Logger } from '@ratchet/observability';
import type { KafkaClient } from './client/kafka-client.js';
import { forwardKafkaLog } from './kafka-log.js';
import { hideAbortedEverywhere } from './kafkajs/aborted-transactions.js';
import { leaveOutIdleChecks } from './kafkajs/idle-request-queue.js';
import { KafkajsClient } from './kafkajs/kafkajs-client.js';
import { encodeRecordsInOneBuffer } from './kafkajs/record-encoder.js';
import { oauthAuthenticator } from './oauth-authenticator.js';
import type { KafkaSecurity, SaslSettings } from './security-settings.js';

const { Kafka, logLevel } = kafkajs;

leaveOutIdleChecks();
encodeRecordsInOneBuffer();
hideAbortedEverywhere();

export interface KafkaSettings extends Partial<KafkaSecurity> {
  readonly brokers: readonly string[];
  readonly clientId: string;
}

/** The client decides by this mark, on the first cause of what went wrong, whether to try again or to give up for good. */
const markRetriable = (error: unknown): unknown => {
  const retryable = !(error instanceof Error) || (error as { retryable?: boolean }).retryable !== false;
  return error instanceof Error ? Object.assign(error, { retriable: retryable }) : error;
};

const saslOptions = (sasl: SaslSettings): SASLOptions | Mechanism => {
  const { mechanism } = sasl;
  if (mechanism === 'oauthbearer') {
    const token = (): ReturnType<typeof sasl.token> =>
      sasl.token().catch((error: unknown) => {
        throw markRetriable(error);
      });
    return { mechanism, authenticationProvider: oauthAuthenticator(token) };
  }
  const { username, password } = sasl;
  // The client reads it at each authentication.
  return { mechanism, username, get password() { return password(); } } as SASLOptions;
};

/** A configured client; nothing is connected yet. */
export const createKafka = ({ brokers, clientId, ssl, sasl }: KafkaSettings, logger: Logger): KafkaClient => {
  // The murmur2 partitioner is what every Java client uses; kafkajs warns about the change of its default at each start.
  process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';
  if (sasl && !ssl && (sasl.mechanism === 'plain' || sasl.mechanism === 'oauthbearer')) {
    logger.warn('credentials go to Kafka in the clear: set KAFKA_SSL=true, and name a port with TLS', { mechanism: sasl.mechanism });
  }
  const config: KafkaConfig = {
    clientId,
    brokers: [...brokers],
    logLevel: logLevel.WARN,
    logCreator: () => forwardKafkaLog(logger),
    // A broker may be away for a while: keep trying, at most 5 s apart.
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 12 },
    connectionTimeout: 3_000,
    ...(ssl !== undefined && { ssl: typeof ssl === 'boolean' ? ssl : { ...ssl } }),
    ...(sasl && { sasl: saslOptions(sasl) }),
  };
  return new KafkajsClient(new Kafka(config));
};
