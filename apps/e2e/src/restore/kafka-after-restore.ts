import { topicCatalogue, topics } from '@ratchet/contracts';
import { eventually, withAdmin } from '@ratchet/testing';
import { committedBy } from '../chaos/groups.js';

/** What comes from outside the database, and is read again; all else is what services had made of it. */
const sources: readonly string[] = [topics.interactions, topics.signals, topics.vitals].map(({ name }) => name);
/** The detector keeps nothing in the database. */
const DETECTOR = 'signal-detector';
/** A batch that was read before the backup may not have been in it. */
const MARGIN_MS = 60_000;
/** Members that were killed are in their group until their session is over. */
const EMPTY_WITHIN_MS = 60_000;

/** Has the log forget what services made of it after a backup to which their database was restored, and read again what it was made of. */
export const returnTo = async (backedUpAtMs: number): Promise<void> =>
  withAdmin(async (admin) => {
    const derived = (await admin.listTopics()).filter((name) => topicCatalogue.some((topic) => topic.name === name) && !sources.includes(name));
    await admin.deleteTopics({ topics: derived });
    for (const { name, consumers } of topicCatalogue.filter((topic) => sources.includes(topic.name))) {
      const partitions = await admin.fetchTopicOffsetsByTimestamp(name, backedUpAtMs - MARGIN_MS);
      for (const groupId of consumers.filter((consumer) => consumer !== DETECTOR)) {
        // The catalogue names who may read a topic; not each of them does.
        const isReader = [...(await committedBy(groupId, name)).values()].some((offset) => offset >= 0n);
        if (!isReader) continue;
        await eventually(() => admin.setOffsets({ groupId, topic: name, partitions }), { withinMs: EMPTY_WITHIN_MS, everyMs: 1_000 });
      }
    }
  });
