import { isEvent, topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { datasetVersioned, erasureCompleted, examplesAdded, reviewChanged, targetKey } from '@ratchet/domain';
import type { DatasetVersioned, Example, ExamplesAdded } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import { UsageError } from '../command-module.js';
import { readEvents } from '../stack/read-topics.js';

/** Where an event stands; a workload's datasets are all in one partition, so that of two of them one came before. */
export type Place = Pick<{ readonly partition: number; readonly offset: bigint }, 'partition' | 'offset'>;

/** A dataset as the topic tells of it, without its rows. */
export interface KnownDataset {
  readonly datasetId: string;
  readonly model: string;
  readonly workload: string;
  rows: number;
  /** Of the event that closed it; undefined while its rows are still coming. */
  closed: { readonly versioned: DatasetVersioned; readonly place: Place } | undefined;
}

/**
 * What the topic says of datasets, without the rows: they are read again, and let go, one event at a time. What is kept grows with the number of
 * datasets and of withdrawn examples, never with that of examples.
 */
export class DatasetLog {
  readonly datasets = new Map<string, KnownDataset>();
  /** Where an example was last withdrawn. */
  private readonly withdrawn = new Map<string, Place>();
  /** Interactions of users who were erased. */
  readonly erasedInteractions = new Set<string>();
  private readonly seen = new Set<string>();

  static async read(kafka: KafkaClient): Promise<DatasetLog> {
    const log = new DatasetLog();
    await readEvents({ kafka, topics: [topics.datasets.name], onEvent: (event, { partition, offset }) => log.take(event, { partition, offset }) });
    return log;
  }

  take(event: EventEnvelope, place: Place): void {
    if (isEvent(event, erasureCompleted)) {
      for (const exampleId of event.data.exampleIds) this.withdrawn.set(exampleId, place);
      for (const interactionId of event.data.interactionIds ?? []) this.erasedInteractions.add(interactionId);
    } else if (isEvent(event, reviewChanged)) {
      // An item that waited and went is in no dataset: what is withdrawn of it has nothing to be withdrawn from.
      if (event.data.item.state === 'withdrawn') this.withdrawn.set(event.data.item.exampleId, place);
    } else if (isEvent(event, examplesAdded)) {
      if (this.isRepeat(event)) return;
      this.datasetOf(event.data).rows += event.data.examples.length;
    } else if (isEvent(event, datasetVersioned)) {
      const dataset = this.datasetOf(event.data);
      dataset.closed ??= { versioned: event.data, place };
    }
  }

  /**
   * A dataset by its id, with its rows complete.
   *
   * @throws {UsageError} where it does not exist, or is not complete yet
   */
  require(datasetId: string): KnownDataset & { closed: NonNullable<KnownDataset['closed']> } {
    const dataset = this.datasets.get(datasetId);
    if (!dataset) throw new UsageError(`there is no dataset ${datasetId}: \`ratchet dataset list\` shows which there are`);
    const { closed } = dataset;
    if (!closed) throw new UsageError(`dataset ${datasetId} is not complete yet: try again in a moment`);
    return { ...dataset, closed };
  }

  /** The training datasets of a target up to one of them, that one included, in their order: together they are its version. */
  versionUpTo(datasetId: string): string[] {
    const last = this.require(datasetId);
    if (last.closed.versioned.purpose !== 'training') throw new UsageError(`dataset ${datasetId} is a suite: it is no version of training data`);
    return this.trainingDatasets()
      .filter(({ model, workload, closed }) => targetKey({ model, workload }) === targetKey(last) && closed !== undefined && closed.place.offset <= last.closed.place.offset)
      .map((dataset) => dataset.datasetId);
  }

  trainingDatasets(): KnownDataset[] {
    return [...this.datasets.values()].filter(({ closed }) => closed?.versioned.purpose === 'training').sort((a, b) => Number((a.closed?.place.offset ?? 0n) - (b.closed?.place.offset ?? 0n)));
  }

  /** Whether an example that was added at a place has been withdrawn after it; where `until` is given, before that. */
  isWithdrawn(exampleId: string, added: Place, until?: Place): boolean {
    const place = this.withdrawn.get(exampleId);
    return place !== undefined && place.partition === added.partition && place.offset > added.offset && (until === undefined || place.offset < until.offset);
  }

  private datasetOf({ datasetId, model, workload }: { readonly datasetId: string; readonly model: string; readonly workload: string }): KnownDataset {
    const dataset = this.datasets.get(datasetId) ?? { datasetId, model, workload, rows: 0, closed: undefined };
    this.datasets.set(datasetId, dataset);
    return dataset;
  }

  private isRepeat({ source, id }: EventEnvelope): boolean {
    const key = `${source}\n${id}`;
    const known = this.seen.has(key);
    this.seen.add(key);
    return known;
  }
}

export interface PlacedExample {
  readonly example: Example;
  readonly datasetId: string;
  readonly place: Place;
}

/** Hands on the rows of some datasets in the order of the log, each once; the next is read when the promise for the one before is kept. */
export const streamExamples = async (kafka: KafkaClient, wanted: ReadonlySet<string>, onExample: (placed: PlacedExample) => void | Promise<void>): Promise<void> => {
  const seen = new Set<string>();
  await readEvents({
    kafka,
    topics: [topics.datasets.name],
    onEvent: async (event, { partition, offset }) => {
      if (!isEvent(event, examplesAdded) || !wanted.has((event.data as ExamplesAdded).datasetId)) return;
      const key = `${event.source}\n${event.id}`;
      if (seen.has(key)) return;
      seen.add(key);
      const { datasetId, examples } = event.data;
      for (const example of examples) await onExample({ example, datasetId, place: { partition, offset } });
    },
  });
};
