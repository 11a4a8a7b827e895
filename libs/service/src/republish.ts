import { topicsWrittenAloneBy } from '@ratchet/contracts';
import type { ServiceContract } from '@ratchet/contracts';
import { withAdmin } from '@ratchet/kafka';
import type { KafkaClient } from '@ratchet/kafka';
import type { Logger } from '@ratchet/observability';
import { sendAgain } from '@ratchet/persistence';
import type { BulkTransaction, Database } from '@ratchet/persistence';

/** A topic that others read for as long as the product lives, and whose contents its service has in tables. */
export interface Republisher {
  readonly topic: string;
  /** Emits all that the topic should hold; gives how many events that are. */
  republish(tx: BulkTransaction): Promise<number>;
  /** It has them from what was published, which is kept for a day, and not from tables of its own. */
  readonly isOfLastDay?: boolean;
}

/** Events of a topic that the outbox still holds. Where that is all of them, nothing of it was ever published, and nothing is lost. */
export const waitingFor = async (tx: Pick<BulkTransaction, 'query'>, topic: string): Promise<number> => {
  const [row] = await tx.query<{ waiting: number }>('select count(*)::int as waiting from outbox where topic = $1', [topic]);
  return row?.waiting ?? 0;
};

/** For every topic that the service writes alone: its own where there is one, else what was published within the last day, for what a consumer has not read is not older. */
export const republishersOf = (contract: ServiceContract, own: readonly Republisher[]): Republisher[] =>
  topicsWrittenAloneBy(contract).map((topic) => own.find((one) => one.topic === topic) ?? { topic, isOfLastDay: true, republish: (tx) => sendAgain(tx, topic) });

export interface RepublishOptions {
  readonly kafka: KafkaClient;
  readonly database: Database;
  readonly republishers: readonly Republisher[];
  readonly logger: Logger;
}

/**
 * Publishes again what Kafka has lost. The end of a topic never goes back, whatever is compacted or expires: one whose end is 0 was never written
 * to, so that all that was published before is gone. Called before this instance publishes anything, or a first new event would hide the loss.
 */
export const republishLost = async ({ kafka, database, republishers, logger }: RepublishOptions): Promise<void> => {
  if (republishers.length === 0) return;
  const lost = await withAdmin(kafka, async (admin) => {
    const empty: Republisher[] = [];
    for (const one of republishers) if ((await admin.bounds(one.topic)).every(({ high }) => high === 0n)) empty.push(one);
    return empty;
  });
  for (const one of lost) {
    const events = await database.transaction((tx) => one.republish(tx));
    if (events > 0) logger.warn('a topic that had been written to is empty: its events are published again from the database', { topic: one.topic, events });
  }
};
