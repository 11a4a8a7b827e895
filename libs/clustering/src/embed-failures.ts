import { fitIdf, hashEmbedding } from '@ratchet/embedded-model';
import { toUnitLength } from './vectors.js';

/** A failed interaction to be clustered; with a `vector`, that is used in place of the hashed one. All vectors must have one length. */
export interface FailureItem {
  readonly id: string;
  readonly query: string;
  readonly response?: string | undefined;
  readonly vector?: ArrayLike<number> | undefined;
}

/** More buckets, fewer n-grams that share one: 2,048 groups intents better than the 512 that similarity needs. */
const FAILURE_DIM = 2_048;
/** What a user wanted says more about a failure than what the model said, which in failing is often one sentence for everything. */
const RESPONSE_WEIGHT = 0.25;

/**
 * One unit vector a failure: hashed n-grams of the query plus a quarter of the response's, each weighted by how rare the n-gram is
 * among the queries, or responses, given (so no training is needed). Own vectors are scaled to unit length and used as they are.
 */
export const embedFailures = (items: readonly FailureItem[], { dim = FAILURE_DIM, responseWeight = RESPONSE_WEIGHT }: { dim?: number; responseWeight?: number } = {}): Float32Array[] => {
  const given = items.filter(({ vector }) => vector !== undefined).length;
  if (given > 0) return items.map((item) => ownVector(item, items[0]?.vector?.length ?? 0));
  const queryIdf = fitIdf(items.map(({ query }) => query));
  const responseIdf = fitIdf(items.flatMap(({ response }) => (response === undefined ? [] : [response])));
  return items.map(({ query, response }) => {
    const vector = hashEmbedding(query, dim, { idf: queryIdf });
    if (response === undefined || responseWeight === 0) return vector;
    const said = hashEmbedding(response, dim, { idf: responseIdf });
    for (let i = 0; i < dim; i += 1) vector[i] = (vector[i] ?? 0) + responseWeight * (said[i] ?? 0);
    return toUnitLength(vector);
  });
};

const ownVector = ({ id, vector }: FailureItem, length: number): Float32Array => {
  if (vector === undefined || vector.length !== length) {
    throw new RangeError(`Failure "${id}" has ${vector === undefined ? 'no vector' : `a vector of length ${vector.length}`} where the first has one of length ${length}: give all or none a vector of one length.`);
  }
  return toUnitLength(Float32Array.from(vector));
};
