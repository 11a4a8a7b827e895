import type { Bundle } from '@ratchet/domain';
import { cosine, hashEmbedding } from '@ratchet/embedded-model';
import { Bm25 } from './bm25.js';

export type KnowledgeEntry = NonNullable<Bundle['knowledge']>[number];
export type RetrievedEntry = KnowledgeEntry & { readonly score: number };

/** Knowledge entries with what it takes to find them: hashed embeddings and BM25, each counting half of a score from 0 to 1. */
export class KnowledgeIndex {
  private readonly embeddings: Float32Array[];
  private readonly bm25: Bm25;

  constructor(private readonly entries: readonly KnowledgeEntry[]) {
    const texts = entries.map(({ title, text }) => `${title}\n${text}`);
    this.embeddings = texts.map((text) => hashEmbedding(text));
    this.bm25 = new Bm25(texts);
  }

  /** The best `topK` entries whose score is at least `minScore` (0 to 1), best first; equal scores in the bundle's order. */
  search({ query, topK, minScore }: { query: string; topK: number; minScore: number }): RetrievedEntry[] {
    const embedding = hashEmbedding(query);
    const lexical = this.bm25.scores(query);
    return this.entries
      .map((entry, at) => ({ ...entry, score: 0.5 * Math.max(0, cosine(embedding, this.embeddings[at] ?? [])) + 0.5 * (lexical[at] ?? 0) }))
      .filter(({ score }) => score > 0 && score >= minScore)
      .sort((a, b) => b.score - a.score)
      .slice(0, topK);
  }
}
