import kafkajs from 'kafkajs';
import type { KafkaConfig, LogEntry, SASLOptions } from 'kafkajs';
import type { Logger } from '@ratchet/observability';
import type { KafkaClient } from './client/kafka-client.js';
import { leaveOutIdleChecks } from './kafkajs/idle-request-queue.js';
import { KafkajsClient } from './kafkajs/kafkajs-client.js';

const { Kafka, logLevel } = kafkajs;

leaveOutIdleChecks();

export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: boolean;
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string };
}

/** Expected while a broker starts or a group moves; kafkajs retries by itself, so these are no errors of ours. */
const passing = /coordinator is loading|not the coordinator|group is rebalancing|rebalancing|leadership election|concurrent operation on the same transaction|does not host this topic-partition|no leader for this topic-partition/i;
/** We give up after some tries and say so: the outbox, the spool or the log itself then sends again, and consumers know an event by its id. */
const accepted = /Limiting retries for the idempotent producer/;

const forward = (logger: Logger) => () => ({ namespace, level, log }: LogEntry) => {
  const fields = { namespace, ...(typeof log['error'] === 'string' && { error: log['error'] }), ...(typeof log['groupId'] === 'string' && { groupId: log['groupId'] }) };
  const isPassing = accepted.test(log.message) || passing.test(log.message) || passing.test(String(log['error'] ?? ''));
  if (level === logLevel.ERROR && !isPassing) logger.error(`kafka: ${log.message}`, fields);
  else if (level <= logLevel.WARN && !isPassing) logger.warn(`kafka: ${log.message}`, fields);
  else logger.debug(`kafka: ${log.message}`, fields);
};

/** A configured client; nothing is connected yet. */
export const createKafka = ({ brokers, clientId, ssl, sasl }: KafkaSettings, logger: Logger): KafkaClient => {
  // The murmur2 partitioner is what every Java client uses; kafkajs warns about the change of its default at each start.
  process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';
  const config: KafkaConfig = {
    clientId,
    brokers: [...brokers],
    logLevel: logLevel.WARN,
    logCreator: forward(logger),
    // A broker may be away for a while: keep trying, at most 5 s apart.
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 12 },
    connectionTimeout: 3_000,
    ...(ssl !== undefined && { ssl }),
    ...(sasl && { sasl: sasl as SASLOptions }),
  };
  return new KafkajsClient(new Kafka(config));
};
