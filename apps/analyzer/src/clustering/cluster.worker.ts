import { parentPort, workerData } from 'node:worker_threads';
import { clusterFailures } from '@ratchet/clustering';
import type { ClusteringResult } from '../analysis/clustering.port.js';
import type { WorkerTask } from './clusterer.js';

const { items, options } = workerData as WorkerTask;
const { clusters, silhouette } = clusterFailures(items, options);
const result: ClusteringResult = {
  clusters: clusters.map(({ clusterId, memberIds, centroid, representatives, commonPatterns }) => ({
    clusterId,
    memberIds,
    centroid: Array.from(centroid),
    representativeIds: representatives,
    commonPatterns: commonPatterns.map(({ words }) => words),
  })),
  silhouette,
};
parentPort?.postMessage(result);
