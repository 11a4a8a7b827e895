import { parentPort } from 'node:worker_threads';
import { clusterFailures, type FailureItem } from '@ratchet/clustering';
import type { ClusteringResult, ClusterOptions, ClusterPage } from '../analysis/clustering.port.js';
import type { WorkerMessage } from './clusterer.js';

const items: FailureItem[] = [];

const add = ({ items: more, vectors }: ClusterPage): void => {
  const dims = vectors === undefined ? 0 : vectors.length / more.length;
  more.forEach((item, i) => items.push(vectors === undefined ? item : { ...item, vector: vectors.subarray(i * dims, (i + 1) * dims) }));
};

const cluster = (options: ClusterOptions): ClusteringResult => {
  const { clusters, silhouette } = clusterFailures(items, options);
  return {
    clusters: clusters.map(({ clusterId, memberIds, centroid, representatives, commonPatterns }) => ({
      clusterId,
      memberIds,
      centroid: Array.from(centroid),
      representativeIds: representatives,
      commonPatterns: commonPatterns.filter(({ kind }) => kind === 'words').map(({ pattern }) => pattern),
      patterns: commonPatterns.map(({ kind, pattern, share, shareElsewhere }) => ({ kind, pattern, share, shareElsewhere })),
    })),
    silhouette,
  };
};

parentPort?.on('message', (message: WorkerMessage) => {
  if ('page' in message) add(message.page);
  else parentPort?.postMessage(cluster(message.options));
});
