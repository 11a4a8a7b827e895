import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { RatchetError } from '@ratchet/observability';
import type { ClusteringResult, ClusterOptions, ClusterPage } from '../analysis/clustering.port.js';

/** Pages, and at the end the options, with which it begins. */
export type WorkerMessage = { readonly page: ClusterPage } | { readonly options: ClusterOptions };

/** Clusters in a worker thread: minutes of arithmetic on the main thread would cost the consumer its place in the group. */
export class Clusterer {
  constructor(private readonly timeoutMs: number) {}

  /** Throws a retryable RatchetError where the thread fails or takes longer than the limit; what reading the pages throws is thrown as it is. */
  async cluster(pages: AsyncIterable<ClusterPage> | Iterable<ClusterPage>, options: ClusterOptions): Promise<ClusteringResult> {
    const worker = new Worker(new URL('./cluster.worker.js', import.meta.url));
    const { promise, resolve, reject } = Promise.withResolvers<ClusteringResult>();
    // Whoever fails while pages are still read is looked at afterwards.
    promise.catch(() => undefined);
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended with code ${code}`)));
    let timer: NodeJS.Timeout | undefined;
    try {
      let failures = 0;
      for await (const page of pages) {
        failures += page.items.length;
        worker.postMessage({ page } satisfies WorkerMessage, page.vectors === undefined ? [] : [page.vectors.buffer]);
        // Copying a page takes milliseconds; between two of them the consumer has its turn.
        await setImmediate();
      }
      if (failures === 0) return { clusters: [] };
      timer = setTimeout(() => reject(new Error(`it took longer than ${this.timeoutMs} ms: lower MAX_FAILURES or CLUSTER_K_MAX, or raise CLUSTER_TIMEOUT_MS`)), this.timeoutMs);
      worker.postMessage({ options } satisfies WorkerMessage);
      return await promise.catch((cause: unknown) => {
        throw new RatchetError({ code: 'clustering_failed', message: 'The failures could not be clustered', context: { failures }, retryable: true, cause });
      });
    } finally {
      clearTimeout(timer);
      await worker.terminate();
    }
  }
}
