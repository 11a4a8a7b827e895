export { gridOf } from './choose-k.js';
export { CLUSTER_DEFAULTS, type Clustering, clusterFailures, type ClusterOptions, type FailureCluster } from './cluster-failures.js';
export { commonPatterns } from './common-patterns.js';
export type { Pattern } from './distinctiveness.js';
export { type AttributeValue, embedFailures, type FailureItem, type FailureVectors } from './embed-failures.js';
export { kMeans, type KMeansOptions, type Partition } from './k-means.js';
export type { Points } from './points.js';
export { projectToTopics } from './project.js';
export { distancesOf, silhouetteOf } from './silhouette.js';
