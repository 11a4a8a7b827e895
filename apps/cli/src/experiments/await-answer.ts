import { decodeMessage, isEvent } from '@ratchet/contracts';
import { experimentUpdated } from '@ratchet/domain';
import type { ExperimentUpdated } from '@ratchet/domain';
import { TopicTable } from '@ratchet/kafka';
import type { KafkaClient } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { requireTopics } from '../stack/kafka-access.js';
import { EXPERIMENT_TOPICS } from './experiment-log.js';

/** Sends an order, and gives the first change of an experiment that answers it; undefined where none comes in time. */
export const awaitAnswer = async (
  kafka: KafkaClient,
  { send, isAnswer, withinMs }: { readonly send: () => Promise<void>; readonly isAnswer: (updated: ExperimentUpdated) => boolean; readonly withinMs: number },
): Promise<ExperimentUpdated | undefined> => {
  await requireTopics(kafka, EXPERIMENT_TOPICS);
  const { promise, resolve } = Promise.withResolvers<ExperimentUpdated | undefined>();
  const table = new TopicTable({
    kafka,
    topics: EXPERIMENT_TOPICS,
    logger: Logger.silent(),
    onRecord: (record) => {
      const decoded = decodeMessage(record, record.topic);
      if (decoded.ok && isEvent(decoded.event, experimentUpdated) && isAnswer(decoded.event.data)) resolve(decoded.event.data);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    await table.start();
    await send();
    timer = setTimeout(() => resolve(undefined), withinMs);
    return await promise;
  } finally {
    clearTimeout(timer);
    await table.stop();
  }
};
