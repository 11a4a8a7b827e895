/** One cluster as the analysis takes it. */
export interface Cluster {
  readonly clusterId: string;
  /** Nearest to the centre first. */
  readonly memberIds: readonly string[];
  readonly centroid: readonly number[];
  /** Ids of at most five members, near the centre and different from one another. */
  readonly representativeIds: readonly string[];
  readonly commonPatterns: readonly string[];
}

export interface ClusteringResult {
  readonly clusters: readonly Cluster[];
  /** Absent where there was nothing to choose from. */
  readonly silhouette?: number;
}

export interface ClusterItem {
  readonly id: string;
  readonly query: string;
  readonly response: string;
  /** From an embedding provider; without one the clustering embeds by itself. */
  readonly vector?: readonly number[];
}

export interface ClusterOptions {
  readonly kMax: number;
  readonly seed: number;
}
