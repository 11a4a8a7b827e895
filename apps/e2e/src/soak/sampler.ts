import { readGroups } from '@ratchet/kafka';
import type { KafkaClient } from '@ratchet/kafka';
import type { ManagedService } from '../chaos/managed-service.js';
import type { Sample } from './verdict.js';

const METRIC = /^(process_resident_memory_bytes|nodejs_heap_size_used_bytes) (\S+)$/gmu;

const memoryOf = async ({ url }: ManagedService): Promise<{ heap: number; resident: number }> => {
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
  const values = new Map([...text.matchAll(METRIC)].map(([, name, value]) => [name, Number(value)]));
  return { heap: values.get('nodejs_heap_size_used_bytes') ?? Number.NaN, resident: values.get('process_resident_memory_bytes') ?? Number.NaN };
};

/** Records that each service has not read. */
const lags = async (kafka: KafkaClient): Promise<Record<string, number>> =>
  Object.fromEntries((await readGroups(kafka)).map(({ service, topics }) => [service, topics.reduce((sum, { lag }) => sum + lag, 0)]));

export const totalLag = async (kafka: KafkaClient): Promise<number> => Object.values(await lags(kafka)).reduce((sum, lag) => sum + lag, 0);

/** Memory of each service and lag of each group, now. */
export const takeSample = async ({ fleet, kafka }: { readonly fleet: readonly ManagedService[]; readonly kafka: KafkaClient }, startedMs: number): Promise<Sample> => {
  const [memories, lag] = await Promise.all([Promise.all(fleet.map(async (service) => [service.name, await memoryOf(service)] as const)), lags(kafka)]);
  const by = (key: 'heap' | 'resident'): Record<string, number> => Object.fromEntries(memories.map(([name, memory]) => [name, memory[key]]));
  return { atSeconds: (performance.now() - startedMs) / 1_000, heap: by('heap'), resident: by('resident'), lag };
};
