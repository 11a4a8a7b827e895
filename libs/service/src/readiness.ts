import { checkBrokers, sleep } from '@ratchet/kafka';
import type { KafkaSettings } from '@ratchet/kafka';
import type { Database } from '@ratchet/persistence';
import type { ConsumerState } from './consumer-state.js';

/** Resolves with what is missing, or with nothing. */
export type Need = () => Promise<string | undefined>;

/** Whoever asks gives up soon after. */
const WITHIN_MS = 2_000;

/**
 * What a service needs to do its work. Lag and batches that fail are no needs: an instance that is taken away for them leaves more of the same to
 * the others.
 */
export class Readiness {
  private readonly needs: Need[] = [];

  require(...needs: readonly Need[]): void {
    this.needs.push(...needs);
  }

  /** All that is missing now. */
  async missing(): Promise<string[]> {
    const found = await Promise.all(this.needs.map((need) => need()));
    return found.filter((what) => what !== undefined);
  }
}

const within = async (work: Promise<unknown>, otherwise: string): Promise<string | undefined> => {
  const isOver = new AbortController();
  try {
    return await Promise.race([work.then((answer) => (answer === false ? otherwise : undefined), () => otherwise), sleep(WITHIN_MS, isOver.signal).then(() => otherwise)]);
  } finally {
    isOver.abort();
  }
};

export const needsDatabase = (database: Pick<Database, 'query'>): Need => () => within(database.query('select 1'), 'the database does not answer');

export const needsBroker = (settings: Pick<KafkaSettings, 'brokers' | 'ssl'>): Need => () => within(checkBrokers(settings), 'no broker answers');

export const needsGroup = (consumer: ConsumerState): Need => async () => (consumer.isMember ? undefined : 'it is not a member of its consumer group');
