import type { TeacherResults } from '../teaching/teacher.js';
import type { Queryable } from './queryable.js';

/** Each result is committed by itself as soon as it is there, so that a crash loses at most one paid call. */
export class TeacherResultRepository implements TeacherResults {
  constructor(private readonly db: Queryable) {}

  async read(contentHash: string): Promise<unknown> {
    const [row] = await this.db.query<{ value: unknown }>('select value from teacher_results where content_hash = $1', [contentHash]);
    return row?.value;
  }

  async write({ contentHash, kind, value }: { contentHash: string; kind: string; value: unknown }): Promise<void> {
    await this.db.query('insert into teacher_results (content_hash, kind, value) values ($1, $2, $3::jsonb) on conflict (content_hash) do nothing', [contentHash, kind, JSON.stringify(value)]);
  }
}
