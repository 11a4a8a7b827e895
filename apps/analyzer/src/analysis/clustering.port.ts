/** A word, a pair of words, or an attribute's value that sets a cluster apart, with its shares of the cluster and of the rest. */
export interface ClusterPattern {
  readonly kind: 'words' | 'attribute';
  readonly pattern: string;
  readonly share: number;
  readonly shareElsewhere: number;
}

/** One cluster as the analysis takes it. */
export interface Cluster {
  readonly clusterId: string;
  /** Nearest to the centre first. */
  readonly memberIds: readonly string[];
  readonly centroid: readonly number[];
  /** Ids of at most five members, near the centre and different from one another. */
  readonly representativeIds: readonly string[];
  /** Words alone. */
  readonly commonPatterns: readonly string[];
  readonly patterns?: readonly ClusterPattern[];
}

export interface ClusteringResult {
  readonly clusters: readonly Cluster[];
  /** Absent where there was nothing to choose from. */
  readonly silhouette?: number;
}

type AttributeValue = string | number | boolean;

export interface ClusterItem {
  readonly id: string;
  readonly query: string;
  readonly response: string;
  readonly attributes: Readonly<Record<string, AttributeValue | readonly AttributeValue[]>>;
}

/** Some of the failures; a hundred thousand go to the clustering page by page, so that nothing else waits for them. */
export interface ClusterPage {
  readonly items: readonly ClusterItem[];
  /** From an embedding provider, `dims` numbers an item; without them the clustering embeds by itself. The page gives its buffer away. */
  readonly vectors?: Float32Array<ArrayBuffer>;
}

export interface ClusterOptions {
  readonly kMax: number;
  readonly seed: number;
}
