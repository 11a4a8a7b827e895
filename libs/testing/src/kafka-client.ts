import kafkajs from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';
import { kafkaBrokers } from './services.js';

/** A plain client: the tests look at the log with other eyes than the code that they test. */
export const testKafka = (): Kafka => {
  process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';
  return new kafkajs.Kafka({ clientId: 'ratchet-testing', brokers: kafkaBrokers(), logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 10 } });
};

export const withAdmin = async <T>(work: (admin: Admin) => Promise<T>): Promise<T> => {
  const admin = testKafka().admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
};
