import { Worker } from 'node:worker_threads';
import { RatchetError } from '@ratchet/observability';
import type { ClusterItem, ClusteringResult, ClusterOptions } from '../analysis/clustering.port.js';

export interface WorkerTask {
  readonly items: readonly ClusterItem[];
  readonly options: ClusterOptions;
}

/** Clusters in a worker thread: minutes of arithmetic on the main thread would cost the consumer its place in the group. */
export class Clusterer {
  constructor(private readonly timeoutMs: number) {}

  /** Throws a retryable RatchetError where the thread fails or takes longer than the limit. */
  async cluster(items: readonly ClusterItem[], options: ClusterOptions): Promise<ClusteringResult> {
    if (items.length === 0) return { clusters: [] };
    const task: WorkerTask = { items, options };
    const worker = new Worker(new URL('./cluster.worker.js', import.meta.url), { workerData: task });
    const { promise, resolve, reject } = Promise.withResolvers<ClusteringResult>();
    const timer = setTimeout(() => reject(new Error(`it took longer than ${this.timeoutMs} ms: lower MAX_FAILURES or CLUSTER_K_MAX, or raise CLUSTER_TIMEOUT_MS`)), this.timeoutMs);
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended with code ${code}`)));
    try {
      return await promise;
    } catch (cause) {
      throw new RatchetError({ code: 'clustering_failed', message: 'The failures could not be clustered', context: { failures: items.length }, retryable: true, cause });
    } finally {
      clearTimeout(timer);
      await worker.terminate();
    }
  }
}
