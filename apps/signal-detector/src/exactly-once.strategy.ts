import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { topics } from '@ratchet/contracts';
import { ExactlyOnceProcessor } from '@ratchet/kafka';
import { describeError, noTracing, type Logger, type Metrics } from '@ratchet/observability';
import { OpenAiEmbeddingsClient } from '@ratchet/providers';
import { ConsumerState, type PlatformServices } from '@ratchet/service';
import { shippedLanguages, useCueLanguages } from '@ratchet/signals';
import type { Config } from './config.js';
import { DetectorMetrics } from './detector-metrics.js';
import { tracingObserver } from './detector-tracing.js';
import { type EmbeddingsConfig, nameOfEmbedding } from './embeddings/embeddings-config.js';
import { PrefetchedEmbedding } from './embeddings/prefetched-embedding.js';
import type { Profile } from './reference/profile.js';

const WEEK_MS = 7 * 86_400_000;

const openEmbedding = ({ model, textsMax, ...provider }: EmbeddingsConfig, tools: { readonly logger: Logger; readonly metrics: Metrics }): PrefetchedEmbedding => {
  const client = new OpenAiEmbeddingsClient({ provider, model });
  return new PrefetchedEmbedding({ ...tools, name: nameOfEmbedding({ name: provider.name, model }), textsMax, embed: (texts) => client.embed(texts) });
};

/** The exactly-once processor as a Nest transport, so that the detector has the lifecycle of every other service. */
export class ExactlyOnceStrategy extends Server implements CustomTransportStrategy {
  private readonly processor: ExactlyOnceProcessor;
  private readonly metrics: DetectorMetrics;

  constructor({ config, kafka, logger: log, metrics, tracing = noTracing, watch, consumer = new ConsumerState(metrics) }: PlatformServices, profile: Profile) {
    super();
    const { DETECTION, FAILURE_WEIGHTS_FILE: weights, CUE_FILES, EMBEDDINGS, FETCH_WAIT_MS, FETCH_BYTES_MIN, BATCH_BYTES_MAX } = config as Config;
    useCueLanguages([...shippedLanguages, ...CUE_FILES]);
    log.info('detection', { weights: weights.version, threshold: DETECTION.failureThreshold ?? weights.threshold, languages: [...shippedLanguages, ...CUE_FILES].map(({ language }) => language) });
    this.metrics = new DetectorMetrics(metrics, topics.interactions.name);
    const observer = { ...this.metrics.observer((message, fields) => log.error(message, fields)), ...(tracing !== noTracing && tracingObserver(tracing, profile.groupId)) };
    const embedding = EMBEDDINGS && openEmbedding(EMBEDDINGS, { logger: log, metrics });
    this.processor = new ExactlyOnceProcessor({
      kafka,
      groupId: profile.groupId,
      topic: topics.interactions.name,
      logger: log,
      fetchWaitMs: FETCH_WAIT_MS,
      fetchBytesMin: FETCH_BYTES_MIN,
      batchBytesMax: BATCH_BYTES_MAX,
      retentionMsMin: DETECTION.maxConversationMs + WEEK_MS,
      createTask: (start) => {
        const task = profile.createTask({ ...start, detection: DETECTION, weights, embedding, observer });
        this.metrics.watch(start.partition, task);
        return task;
      },
      ...(watch && { onBatchBegun: (partition) => watch.begin(`a batch of ${topics.interactions.name}/${partition}`) }),
      onAssigned: (places) => {
        consumer.noteAssigned(places);
        this.metrics.keepOnly(places?.map(({ partition }) => partition) ?? []);
      },
      onFatal: (error) => {
        log.error('stopped: nothing can be read or written before somebody mends this', describeError(error));
        process.exit(1);
      },
      onCommitted: (progress) => {
        consumer.noteLag({ topic: topics.interactions.name, partition: progress.partition }, progress.lag);
        this.metrics.committed(progress);
      },
      onRestored: (restored) => {
        this.metrics.restored(restored);
        log.info('state restored', restored);
      },
    });
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.processor.start();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    await this.processor.stop();
  }

  on(): never {
    throw new Error('this transport has no events of its own');
  }

  unwrap<T>(): T {
    return this.processor as T;
  }
}
