import { isEvent, topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { datasetVersioned, examplesAdded } from '@ratchet/domain';
import type { DatasetVersioned, Example } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import { readEvents } from '../stack/read-topics.js';

/** A dataset as the topic tells of it: rows first, then the event that closes it. */
export interface StoredDataset {
  readonly datasetId: string;
  readonly model: string;
  readonly workload: string;
  /** By example id, so that a part that came twice counts once. */
  readonly examples: Map<string, Example>;
  /** Undefined while its rows are still coming. */
  versioned: DatasetVersioned | undefined;
}

export type DatasetIndex = Map<string, StoredDataset>;

/** Adds what an event says of a dataset; others are passed over. */
export const takeDatasetEvent = (index: DatasetIndex, event: EventEnvelope): void => {
  if (!isEvent(event, examplesAdded) && !isEvent(event, datasetVersioned)) return;
  const { datasetId, model, workload } = event.data;
  const dataset = index.get(datasetId) ?? { datasetId, model, workload, examples: new Map<string, Example>(), versioned: undefined };
  index.set(datasetId, dataset);
  if (isEvent(event, examplesAdded)) for (const example of event.data.examples) dataset.examples.set(example.exampleId, example);
  else if (isEvent(event, datasetVersioned)) dataset.versioned = event.data;
};

/** All datasets of the topic, in the order in which they began. */
export const readDatasets = async (kafka: KafkaClient): Promise<DatasetIndex> => {
  const index: DatasetIndex = new Map();
  await readEvents({ kafka, topics: [topics.datasets.name], onEvent: (event) => takeDatasetEvent(index, event) });
  return index;
};
