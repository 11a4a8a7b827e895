import { withAdmin } from '@ratchet/testing';

/** Letters that were ever written, by their topic. */
export const deadLetters = (): Promise<Map<string, number>> =>
  withAdmin(async (admin) => {
    const letters = new Map<string, number>();
    for (const topic of (await admin.listTopics()).filter((name) => name.endsWith('.dlq'))) {
      const records = (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0);
      if (records > 0) letters.set(topic, records);
    }
    return letters;
  });
