export { featurize, FEATURE_SLOTS, FEATURES_VERSION, MAX_TEXT_CHARS, type SparseVector } from './featurize.js';
export { cosine, EMBEDDING_DIM, fitIdf, hashEmbedding, type HashEmbeddingOptions, type IdfTable } from './hash-embedding.js';
