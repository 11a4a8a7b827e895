import { topicCatalogue } from '@ratchet/contracts';
import { withAdmin } from '@ratchet/testing';
import type { ManagedService } from '../chaos/managed-service.js';
import type { Sample } from './verdict.js';

const METRIC = /^(process_resident_memory_bytes|nodejs_heap_size_used_bytes) (\S+)$/gmu;
const consumers = [...new Set(topicCatalogue.flatMap((topic) => topic.consumers))];

const memoryOf = async ({ url }: ManagedService): Promise<{ heap: number; resident: number }> => {
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
  const values = new Map([...text.matchAll(METRIC)].map(([, name, value]) => [name, Number(value)]));
  return { heap: values.get('nodejs_heap_size_used_bytes') ?? Number.NaN, resident: values.get('process_resident_memory_bytes') ?? Number.NaN };
};

/** Records that each group has not read, by its positions; a group without a position of a topic has read nothing that matters yet. */
const lags = (): Promise<Record<string, number>> =>
  withAdmin(async (admin) => {
    const ends = new Map<string, Map<number, number>>();
    const endsOf = async (topic: string): Promise<Map<number, number>> => {
      const known = ends.get(topic) ?? new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
      ends.set(topic, known);
      return known;
    };
    const found: Record<string, number> = {};
    for (const groupId of consumers) {
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
        const high = await endsOf(topic);
        for (const { partition, offset } of partitions) if (Number(offset) >= 0) found[groupId] = (found[groupId] ?? 0) + Math.max(0, (high.get(partition) ?? 0) - Number(offset));
      }
    }
    return found;
  });

export const totalLag = async (): Promise<number> => Object.values(await lags()).reduce((sum, lag) => sum + lag, 0);

export const deadLetters = (): Promise<number> =>
  withAdmin(async (admin) => {
    let letters = 0;
    for (const topic of (await admin.listTopics()).filter((name) => name.endsWith('.dlq'))) for (const { low, high } of await admin.fetchTopicOffsets(topic)) letters += Number(high) - Number(low);
    return letters;
  });

/** Memory of each service and lag of each group, now. */
export const takeSample = async (fleet: readonly ManagedService[], startedMs: number): Promise<Sample> => {
  const [memories, lag] = await Promise.all([Promise.all(fleet.map(async (service) => [service.name, await memoryOf(service)] as const)), lags()]);
  const by = (key: 'heap' | 'resident'): Record<string, number> => Object.fromEntries(memories.map(([name, memory]) => [name, memory[key]]));
  return { atSeconds: (performance.now() - startedMs) / 1_000, heap: by('heap'), resident: by('resident'), lag };
};
