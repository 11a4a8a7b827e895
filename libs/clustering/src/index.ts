export { CLUSTER_DEFAULTS, type Clustering, clusterFailures, type ClusterOptions, type FailureCluster } from './cluster-failures.js';
export { commonPatterns, type Pattern } from './common-patterns.js';
export { embedFailures, type FailureItem } from './embed-failures.js';
export { silhouetteOf } from './silhouette.js';
