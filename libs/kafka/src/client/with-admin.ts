import type { KafkaAdmin, KafkaClient } from './kafka-client.js';

/** Runs `work` with a connected admin client. */
export const withAdmin = async <T>(kafka: KafkaClient, work: (admin: KafkaAdmin) => Promise<T>): Promise<T> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
};
