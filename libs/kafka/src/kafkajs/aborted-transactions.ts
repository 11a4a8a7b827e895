import { createRequire } from 'node:module';

interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  isControlRecord: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}

export interface FetchedPartition {
  abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
  readonly messages: readonly FetchedMessage[];
}

interface FetchResponse {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
}

const require = createRequire(import.meta.url);

const isAbortMarker = ({ isControlRecord, key }: FetchedMessage): boolean => isControlRecord && key !== null && Buffer.from(key).readInt16BE(2) === 0;

/**
 * Hides what aborted transactions wrote. Brokers list these transactions in the order in which they ended, several may overlap, and a fetch may
 * begin in the middle of them; kafkajs 2.2.4 takes the list for one by first offset, looks at no more than one for each message, and so
 * delivers aborted records. A hidden record goes the way of a marker, which moves the position on and is never delivered.
 */
export const hideAborted = (partition: FetchedPartition): void => {
  const { abortedTransactions, messages } = partition;
  if (!abortedTransactions?.length) return;
  const ahead = [...abortedTransactions].sort((a, b) => Number(BigInt(a.firstOffset) - BigInt(b.firstOffset)));
  const aborted = new Set<string>();
  for (const message of messages) {
    for (let next = ahead[0]; next && BigInt(message.offset) >= BigInt(next.firstOffset); next = ahead[0]) {
      aborted.add(next.producerId);
      ahead.shift();
    }
    const { producerId = '', inTransaction = false } = message.batchContext ?? {};
    if (isAbortMarker(message)) aborted.delete(producerId);
    else if (inTransaction && aborted.has(producerId)) message.isControlRecord = true;
  }
  partition.abortedTransactions = [];
};

/** Has every consumer of this process see committed records only. */
export const hideAbortedEverywhere = (): void => {
  const { prototype } = require('kafkajs/src/broker/index.js') as { prototype: { fetch(...request: unknown[]): Promise<FetchResponse>; hidesAborted?: boolean } };
  if (prototype.hidesAborted) return;
  const fetch = prototype.fetch;
  prototype.hidesAborted = true;
  prototype.fetch = async function (...request: unknown[]): Promise<FetchResponse> {
    const response = await fetch.apply(this, request);
    for (const { partitions } of response.responses) for (const partition of partitions) hideAborted(partition);
    return response;
  };
};
