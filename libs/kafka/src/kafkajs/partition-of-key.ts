import kafkajs from 'kafkajs';

const partitioner = kafkajs.Partitioners.DefaultPartitioner();
const metadata = new Map<number, { partitionId: number; leader: number; replicas: number[]; isr: number[]; partitionErrorCode: number; offlineReplicas: number[] }[]>();

const metadataOf = (partitions: number): NonNullable<ReturnType<typeof metadata.get>> => {
  const known = metadata.get(partitions) ?? Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, leader: 0, replicas: [], isr: [], partitionErrorCode: 0, offlineReplicas: [] }));
  metadata.set(partitions, known);
  return known;
};

/** The partition that every producer with the Java client's default (murmur2) gives to a key. */
export const partitionOfKey = (key: string | Buffer, partitions: number): number => partitioner({ topic: '', partitionMetadata: metadataOf(partitions), message: { key, value: null } });
