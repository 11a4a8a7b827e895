import { decodeMessage, isEvent, topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { alertRaised, trainingStarted } from '@ratchet/domain';
import { TopicTable } from '@ratchet/kafka';
import type { KafkaClient } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { requireTopics } from '../stack/kafka-access.js';
import { CYCLE_TOPICS, CycleLog } from './cycle-log.js';

/** What came of a command to begin a cycle. */
export type StartAnswer = { readonly cycleId: string } | { readonly refusal: string };

/** All cycles until now, and what happens to them from now on. */
export class CycleFollower {
  readonly log = new CycleLog();
  private readonly answers = new Map<string, StartAnswer>();
  private changed = Promise.withResolvers<void>();

  /** Exported for tests: events as they come from the topics. */
  take(event: EventEnvelope): void {
    this.log.take(event);
    if (event.causationid !== undefined) {
      if (isEvent(event, trainingStarted)) this.answers.set(event.causationid, { cycleId: event.data.cycleId });
      else if (isEvent(event, alertRaised) && event.data.name === 'training_not_started') this.answers.set(event.causationid, { refusal: event.data.message });
    }
    this.changed.resolve();
    this.changed = Promise.withResolvers();
  }

  answerTo(commandEventId: string): StartAnswer | undefined {
    return this.answers.get(commandEventId);
  }

  /** The first value that `look` gives; undefined where it gives none in time. */
  async until<T>(look: () => T | undefined, withinMs: number): Promise<T | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => resolve('late'), withinMs);
    try {
      for (;;) {
        const { promise } = this.changed;
        const found = look();
        if (found !== undefined || (await Promise.race([promise, late])) === 'late') return found;
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Runs `work` with a follower that knows all until now. */
export const followCycles = async <T>(kafka: KafkaClient, work: (follower: CycleFollower) => Promise<T>): Promise<T> => {
  const followed = [...CYCLE_TOPICS, topics.alerts.name];
  await requireTopics(kafka, followed);
  const follower = new CycleFollower();
  const table = new TopicTable({
    kafka,
    topics: followed,
    logger: Logger.silent(),
    onRecord: (record) => {
      const decoded = decodeMessage(record, record.topic);
      if (decoded.ok) follower.take(decoded.event);
    },
  });
  try {
    await table.start();
    return await work(follower);
  } finally {
    await table.stop();
  }
};
