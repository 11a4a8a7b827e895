import type { VersionDetail, VersionsQuery, VersionSummary } from '@ratchet/console-api';
import type { VersionPublished } from '@ratchet/domain';
import type { Database } from '@ratchet/persistence';
import { z } from 'zod';
import { cycleRowOfVersion, decisionsOfCycle, reportOf } from './cycles.repository.js';
import { Conditions, cursorText, keyOfCursor, type PageOf, pageOf } from '../http/paging.js';

type Queries = Pick<Database, 'query'>;

export interface VersionKey {
  readonly model: string;
  readonly workload: string;
  readonly version: string;
}

interface VersionRow {
  readonly body: VersionPublished;
  readonly champion: string | null;
  readonly candidate: string | null;
  readonly cycleId: string | null;
  readonly state: string | null;
}

const CHILDREN_MAX = 100;
const rowsSql = `select v.body, t.routing->>'champion' as champion, t.routing->>'candidate' as candidate, c.cycle_id as "cycleId", c.state
  from versions v left join targets t using (model, workload)
  left join lateral (select cycle_id, state from cycles c where (c.model, c.workload, c.version) = (v.model, v.workload, v.version_id) order by started_at desc limit 1) c on true`;

const summaryOf = ({ body: { versionId, model, workload, ordinal, parentVersion, publishedAt }, champion, candidate, cycleId, state }: VersionRow): VersionSummary => ({
  version: versionId, model, workload, ordinal, role: versionId === champion ? 'champion' : versionId === candidate ? 'candidate' : 'none', parentVersion: parentVersion ?? null, cycleId, state, publishedAt,
});

/** By target, the newest first. */
export const versionsPage = async (db: Queries, { model, workload, after, limit }: VersionsQuery): Promise<PageOf<VersionSummary>> => {
  const key = keyOfCursor(after, z.tuple([cursorText, cursorText, z.number().int().nonnegative().max(2_147_483_647), cursorText]));
  const asked = new Conditions().and('v.model = ?', model).and('v.workload = ?', workload);
  if (key) asked.and(`(v.model, v.workload, -(v.body->>'ordinal')::int, v.version_id) > (?, ?, -(?::int), ?)`, ...key);
  const rows = await db.query<VersionRow & Record<string, unknown>>(`${rowsSql} ${asked.sql} order by v.model, v.workload, -(v.body->>'ordinal')::int, v.version_id limit ${asked.add(limit + 1)}`, asked.parameters);
  return pageOf(rows.map(summaryOf), limit, (row) => [row.model, row.workload, row.ordinal, row.version]);
};

export const versionBody = async (db: Queries, { model, workload, version }: VersionKey): Promise<VersionPublished | undefined> =>
  (await db.query<{ body: VersionPublished }>('select body from versions where model = $1 and workload = $2 and version_id = $3', [model, workload, version]))[0]?.body;

export const versionDetail = async (db: Queries, key: VersionKey): Promise<VersionDetail | undefined> => {
  const [row] = await db.query<VersionRow & Record<string, unknown>>(`${rowsSql} where v.model = $1 and v.workload = $2 and v.version_id = $3`, [key.model, key.workload, key.version]);
  if (!row) return undefined;
  const { parentVersion, contentHash, bundle } = row.body;
  const parent = parentVersion === undefined ? undefined : await versionBody(db, { ...key, version: parentVersion });
  const cycle = await cycleRowOfVersion(db, key);
  const children = await db.query<{ version: string }>(`select version_id as version from versions where model = $1 and workload = $2 and body->>'parentVersion' = $3 order by -(body->>'ordinal')::int limit $4`, [key.model, key.workload, key.version, CHILDREN_MAX]);
  return {
    ...summaryOf(row),
    contentHash,
    bundle,
    parentBundle: parent?.bundle ?? null,
    report: cycle ? reportOf(cycle.facts) : null,
    decisions: cycle ? await decisionsOfCycle(db, cycle.cycleId) : [],
    children: children.map(({ version }) => version),
  };
};
