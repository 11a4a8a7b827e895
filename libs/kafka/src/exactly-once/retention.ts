import { RatchetError } from '@ratchet/observability';
import type { KafkaAdmin } from '../client/kafka-client.js';

const DAY_MS = 86_400_000;

/**
 * The input topic is the changelog of the state, so it must outlast what a restart may need.
 *
 * @returns what the operator should know, to be logged as a warning: the check was not allowed, or something else may delete records
 * @throws {RatchetError} `retention_too_short`, not retryable, which says what to set
 */
export const checkRetention = async (admin: KafkaAdmin, topic: string, retentionMsMin: number): Promise<string | undefined> => {
  const config = (await admin.topicConfigs([topic], ['retention.ms', 'retention.bytes'])).get(topic);
  if (!config) return `the retention of ${topic} could not be checked: allow DescribeConfigs on it`;
  const retentionMs = Number(config['retention.ms'] ?? -1);
  if (retentionMs >= 0 && retentionMs < retentionMsMin) {
    throw new RatchetError({
      code: 'retention_too_short',
      message: `${topic} keeps records for ${(retentionMs / DAY_MS).toFixed(1)} days, but state is restored from it: set retention.ms to at least ${retentionMsMin} (${(retentionMsMin / DAY_MS).toFixed(1)} days) with kafka-configs --alter`,
      context: { topic, retentionMs, retentionMsMin },
    });
  }
  const bytes = Number(config['retention.bytes'] ?? -1);
  return bytes >= 0 ? `retention.bytes of ${topic} is ${bytes}: a busy partition may lose records before retention.ms has passed` : undefined;
};
