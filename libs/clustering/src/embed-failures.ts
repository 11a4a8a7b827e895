import { fitIdf, hashEmbedding } from '@ratchet/embedded-model';
import { toUnitLength } from './vectors.js';

export type AttributeValue = string | number | boolean;

/** A failed interaction to be clustered; with a `vector`, that is used in place of the hashed one. All vectors must have one length. */
export interface FailureItem {
  readonly id: string;
  readonly query: string;
  readonly response?: string | undefined;
  readonly vector?: ArrayLike<number> | undefined;
  /** Facts beside the texts, such as the version or the locale; several values of one name (signals, say) as a list. */
  readonly attributes?: Readonly<Record<string, AttributeValue | readonly AttributeValue[]>> | undefined;
}

/** One unit vector a failure, made when it is asked for: a hundred thousand of them at once would fill a gigabyte. */
export interface FailureVectors {
  readonly count: number;
  readonly dims: number;
  /** Scratch space: valid until the next call. */
  at(i: number): Float32Array;
}

/** More buckets, fewer n-grams that share one: 2,048 groups intents better than the 512 that similarity needs. */
const FAILURE_DIM = 2_048;
/** What a user wanted says more about a failure than what the model said, which in failing is often one sentence for everything. */
const RESPONSE_WEIGHT = 0.25;

/**
 * One unit vector a failure: hashed n-grams of the query plus a quarter of the response's, each weighted by how rare the n-gram is
 * among the queries, or responses, given (so no training is needed). Own vectors are scaled to unit length and used as they are.
 * Throws a RangeError where some items have a vector and others none, or one of another length.
 */
export const embedFailures = (items: readonly FailureItem[], { dim = FAILURE_DIM, responseWeight = RESPONSE_WEIGHT }: { dim?: number; responseWeight?: number } = {}): FailureVectors => {
  if (items.some(({ vector }) => vector !== undefined)) return ownVectors(items);
  const queryIdf = fitIdf(items.map(({ query }) => query));
  const responseIdf = fitIdf(items.flatMap(({ response }) => (response === undefined ? [] : [response])));
  const vector = new Float32Array(dim);
  const said = new Float32Array(dim);
  return {
    count: items.length,
    dims: dim,
    at(i) {
      const { query, response } = items[i] as FailureItem;
      hashEmbedding(query, dim, { idf: queryIdf, into: vector });
      if (response === undefined || responseWeight === 0) return vector;
      hashEmbedding(response, dim, { idf: responseIdf, into: said });
      for (let d = 0; d < dim; d += 1) vector[d] = (vector[d] as number) + responseWeight * (said[d] as number);
      return toUnitLength(vector);
    },
  };
};

const ownVectors = (items: readonly FailureItem[]): FailureVectors => {
  const dims = items[0]?.vector?.length ?? 0;
  for (const { id, vector } of items) {
    if (vector === undefined || vector.length !== dims) {
      throw new RangeError(`Failure "${id}" has ${vector === undefined ? 'no vector' : `a vector of length ${vector.length}`} where the first has one of length ${dims}: give all or none a vector of one length.`);
    }
  }
  const scratch = new Float32Array(dims);
  return {
    count: items.length,
    dims,
    at(i) {
      scratch.set(items[i]?.vector ?? []);
      return toUnitLength(scratch);
    },
  };
};
