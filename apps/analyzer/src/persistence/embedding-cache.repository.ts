import type { EmbeddingCache } from '../embedding/failure-embedder.js';
import type { Queryable } from './queryable.js';

/** Rows read at once: with 3,072 numbers a vector, 12 MB. */
const READ_AT_ONCE = 1_000;

/** Vectors that providers made, kept by the hash of their text; no text is stored here. */
export class StoredEmbeddings implements EmbeddingCache {
  constructor(private readonly db: Queryable) {}

  async load(embedding: string, hashes: readonly string[]): Promise<Map<string, Float32Array>> {
    const found = new Map<string, Float32Array>();
    for (let start = 0; start < hashes.length; start += READ_AT_ONCE) {
      const some = hashes.slice(start, start + READ_AT_ONCE);
      const rows = await this.db.query<{ text_hash: string; vector: Buffer }>('select text_hash, vector from text_embeddings where embedding = $1 and text_hash = any($2::text[])', [embedding, some]);
      for (const { text_hash, vector } of rows) found.set(text_hash, floatsOf(vector));
      // Once a day is enough to know what is in use.
      await this.db.query(`update text_embeddings set used_at = now() where embedding = $1 and text_hash = any($2::text[]) and used_at < now() - interval '1 day'`, [embedding, some]);
    }
    return found;
  }

  async save(embedding: string, vectors: ReadonlyMap<string, Float32Array>): Promise<void> {
    await this.db.query(
      `insert into text_embeddings (embedding, text_hash, vector) select $1, hash, decode(vector, 'base64') from unnest($2::text[], $3::text[]) as n(hash, vector) on conflict do nothing`,
      [embedding, [...vectors.keys()], [...vectors.values()].map((vector) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64'))],
    );
  }
}

/** A copy: the driver's buffers need not begin where floats may. */
const floatsOf = (bytes: Buffer): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);

export const pruneEmbeddings = async (db: Queryable, { windowDays }: { windowDays: number }): Promise<void> => {
  await db.query('delete from text_embeddings where used_at < now() - make_interval(days => $1::int + 2)', [windowDays]);
};
