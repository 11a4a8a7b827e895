import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { topics } from '@ratchet/contracts';
import type { VitalsCounted } from '@ratchet/domain';
import type { ConsumedRecord, PartitionTask } from '@ratchet/kafka';
import { readAll } from '@ratchet/testing';
import type { ReadRecord } from '@ratchet/testing';

/** What the signal-detector has said, in a form that does not depend on how it cut the log into batches. */
export interface DetectorOutcome {
  /** Signals and failures: `id time content`. */
  readonly events: readonly string[];
  /** Sums by key and number. */
  readonly vitals: Readonly<Record<string, number>>;
  readonly deadLetters: readonly string[];
}

export interface UndisturbedOutcome extends DetectorOutcome {
  /** Conversations that the log leaves open. */
  readonly open: number;
}

type TaskClass = new (options: { partition: number; partitions: number; position: bigint; detection: unknown; resume: undefined }) => PartitionTask & { readonly openConversations: number };

const addVitals = (all: readonly VitalsCounted[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const { model, workload, version, arm, rolloutId = '', stage = '', units, latencyMs, costUsd, failuresBySignal, ...others } of all) {
    const key = [model, workload, version, arm, rolloutId, stage].join(' ');
    const add = (name: string, value: number): void => {
      const place = `${key} ${name}`;
      // Sums of fractions depend on their order in the last digits.
      sums[place] = Math.round(((sums[place] ?? 0) + value) * 1e6) / 1e6;
    };
    for (const [name, value] of Object.entries(others)) if (typeof value === 'number') add(name, value);
    for (const [name, value] of Object.entries(units)) add(`units.${name}`, value);
    for (const [signal, value] of Object.entries(failuresBySignal)) add(`failures.${signal}`, value);
    for (const [name, { buckets, counts: inBucket, sum, count }] of Object.entries({ latencyMs, costUsd })) {
      add(`${name}.sum`, sum);
      add(`${name}.count`, count);
      buckets.forEach((bucket, i) => add(`${name}.${bucket}`, inBucket[i] ?? 0));
    }
  }
  return Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
};

const eventLine = ({ id, time, value }: { id: unknown; time: unknown; value: unknown }): string => `${String(id)} ${String(time)} ${String(value)}`;
const placeOf = (headers: Readonly<Record<string, unknown>>): string => ['partition', 'offset', 'code'].map((name) => String(headers[`ratchet_dlq_${name}`])).join('/');
const isOfDetector = ({ headers }: ReadRecord): boolean => headers['ce_source'] === '/ratchet/signal-detector';

/** One pass of the built task over the log of every partition, in this process, with nothing to disturb it. */
export const undisturbed = async ({ root, log, detection }: { root: string; log: readonly ReadRecord[]; detection: unknown }): Promise<UndisturbedOutcome> => {
  const { ConversationTask } = (await import(pathToFileURL(join(root, 'apps/signal-detector/dist/conversation-task.js')).href)) as { ConversationTask: TaskClass };
  const events: string[] = [];
  const vitals: VitalsCounted[] = [];
  const deadLetters: string[] = [];
  let open = 0;
  for (const [partition, records] of Map.groupBy(log, (record) => record.partition)) {
    const task = new ConversationTask({ partition, partitions: topics.interactions.partitions, position: 0n, detection, resume: undefined });
    for (const { offset, timestampMs, key, value, headers } of records) {
      const record: ConsumedRecord = { topic: topics.interactions.name, partition, offset, timestampMs, key: key === null ? null : Buffer.from(key), value, headers: { ...headers } };
      for (const out of task.process(record)) {
        if (out.topic === topics.signals.name) events.push(eventLine({ id: out.headers['ce_id'], time: out.headers['ce_time'], value: out.value }));
        else deadLetters.push(placeOf(out.headers));
      }
    }
    for (const { value } of task.endBatch({ first: 0n, last: records.at(-1)?.offset ?? 0n })) vitals.push(JSON.parse(String(value)) as VitalsCounted);
    open += task.openConversations;
  }
  return { events, vitals: addVitals(vitals), deadLetters, open };
};

/** What consumers see of it: committed transactions only. */
export const putOut = async (deadLetterTopic: string): Promise<DetectorOutcome> => {
  const signals = (await readAll(topics.signals.name)).filter(isOfDetector);
  const vitals = await readAll(topics.vitals.name);
  const letters = await readAll(deadLetterTopic);
  return {
    events: signals.map(({ headers, value }) => eventLine({ id: headers['ce_id'], time: headers['ce_time'], value })),
    vitals: addVitals(vitals.map(({ value }) => JSON.parse(String(value)) as VitalsCounted)),
    deadLetters: letters.map(({ headers }) => placeOf(headers)),
  };
};
