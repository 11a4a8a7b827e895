const K1 = 1.2;
const B = 0.75;

/** Lower-case runs of letters and digits. */
export const termsOf = (text: string): string[] => text.normalize('NFKC').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009; k1 1.2, b 0.75) with the idf
 * `ln(1 + (N − n + 0.5)/(n + 0.5))`, divided by the most that the query could reach, so that scores of different queries compare: 0 to 1.
 */
export class Bm25 {
  private readonly lengths: number[];
  private readonly meanLength: number;
  private readonly postings = new Map<string, { readonly document: number; count: number }[]>();

  constructor(documents: readonly string[]) {
    this.lengths = documents.map((text, document) => {
      const terms = termsOf(text);
      for (const term of terms) this.count(term, document);
      return terms.length;
    });
    this.meanLength = this.lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, documents.length);
  }

  /** One score per document, 0 where it shares no term with the query. */
  scores(query: string): Float64Array {
    const scores = new Float64Array(this.lengths.length);
    let most = 0;
    for (const term of new Set(termsOf(query))) {
      const found = this.postings.get(term) ?? [];
      const idf = Math.log(1 + (scores.length - found.length + 0.5) / (found.length + 0.5));
      most += idf * (K1 + 1);
      for (const { document, count } of found) {
        const length = (this.lengths[document] ?? 0) / (this.meanLength || 1);
        scores[document] = (scores[document] ?? 0) + (idf * count * (K1 + 1)) / (count + K1 * (1 - B + B * length));
      }
    }
    return most === 0 ? scores : scores.map((score) => score / most);
  }

  private count(term: string, document: number): void {
    const found = this.postings.get(term);
    const last = found?.at(-1);
    if (!found) this.postings.set(term, [{ document, count: 1 }]);
    else if (last?.document === document) last.count += 1;
    else found.push({ document, count: 1 });
  }
}
