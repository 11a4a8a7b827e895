import { Injectable } from '@nestjs/common';
import { bundleSchema } from '@ratchet/domain';
import type { Bundle, Target, VersionPublished } from '@ratchet/domain';
import type { Queryable } from './queryable.js';

const BUNDLES_CACHED_MAX = 200;

/** Bundles, and which version serves each target. */
@Injectable()
export class VersionsRepository {
  /** One object a version: the version runtime keeps its knowledge index by the bundle's identity. */
  private readonly bundles = new Map<string, Bundle>();

  async publish(tx: Queryable, { versionId, model, workload, ordinal, bundle, publishedAt }: VersionPublished): Promise<void> {
    await tx.query(
      `insert into versions (version_id, model, workload, ordinal, bundle, published_at) values ($1, $2, $3, $4, $5::jsonb, $6) on conflict do nothing`,
      [versionId, model, workload, ordinal, JSON.stringify(bundle), publishedAt],
    );
  }

  async bundleOf(db: Queryable, versionId: string): Promise<Bundle | undefined> {
    const cached = this.bundles.get(versionId);
    if (cached) return cached;
    const [row] = await db.query<{ bundle: unknown }>('select bundle from versions where version_id = $1 limit 1', [versionId]);
    if (!row) return undefined;
    const bundle = bundleSchema.parse(row.bundle);
    if (this.bundles.size >= BUNDLES_CACHED_MAX) this.bundles.clear();
    this.bundles.set(versionId, bundle);
    return bundle;
  }

  /** Repeats and events that come out of order never bring an older champion back. */
  async crown(tx: Queryable, { model, workload, versionId, since }: Target & { versionId: string; since: string }): Promise<void> {
    await tx.query(
      `insert into champions (model, workload, version_id, since) values ($1, $2, $3, $4)
       on conflict (model, workload) do update set version_id = excluded.version_id, since = excluded.since where champions.since <= excluded.since`,
      [model, workload, versionId, since],
    );
  }

  /** A version that was rolled back after its promotion gives its place back. */
  async dethrone(tx: Queryable, { model, workload, versionId, previousVersionId, since }: Target & { versionId: string; previousVersionId: string; since: string }): Promise<void> {
    await tx.query(
      `update champions set version_id = $4, since = $5 where model = $1 and workload = $2 and version_id = $3 and since <= $5`,
      [model, workload, versionId, previousVersionId, since],
    );
  }

  /** The last promoted version, or the first one that the target was given; undefined while neither is known. */
  async championOf(db: Queryable, { model, workload }: Target): Promise<string | undefined> {
    const [row] = await db.query<{ champion: string | null }>(
      `select coalesce(
         (select version_id from champions where model = $1 and workload = $2),
         (select version_id from versions where model = $1 and workload = $2 order by ordinal, published_at limit 1)
       ) as champion`,
      [model, workload],
    );
    return row?.champion ?? undefined;
  }
}
