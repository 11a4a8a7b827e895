import type { OpportunitiesQuery, OpportunityDetail, OpportunitySummary } from '@ratchet/console-api';
import type { OpportunityClosed, OpportunityRanked } from '@ratchet/domain';
import type { Database } from '@ratchet/persistence';
import { z } from 'zod';
import { Conditions, cursorInstant, cursorText, instantSql, keyOfCursor, type PageOf, pageOf } from '../http/paging.js';

type Queries = Pick<Database, 'query'>;

/** Of what was made of one opportunity. */
const MADE_MAX = 50;

interface Row {
  readonly body: OpportunityRanked;
  readonly closed: OpportunityClosed | null;
  readonly priority: number;
  readonly seenAt: string;
}

const columns = `body, closed, priority, ${instantSql('seen_at')} as "seenAt"`;

const summaryOf = ({ body, closed }: Row): OpportunitySummary => {
  const { opportunityId, model, workload, version, size, affectedUsers, priority, rootCause, fixType, commonPatterns, trend, change, diagnosis, rankedAt } = body;
  return {
    opportunityId, model, workload, version, size, affectedUsers, priority, rootCause, fixType, commonPatterns, rankedAt, ...(trend && { trend }),
    change: change?.kind ?? null, needsPerson: diagnosis?.needsPerson ?? false, closed: closed?.reason ?? null,
  };
};

/** Open ones by priority, closed ones the newest first. */
export const opportunities = async (db: Queries, { state, model, workload, rootCause, after, limit }: OpportunitiesQuery): Promise<PageOf<OpportunitySummary>> => {
  const isOpen = state === 'open';
  const key = isOpen ? keyOfCursor<readonly [number | string, string]>(after, z.tuple([z.number(), cursorText])) : keyOfCursor<readonly [number | string, string]>(after, z.tuple([cursorInstant, cursorText]));
  const asked = new Conditions()
    .and(isOpen ? 'closed is null' : 'closed is not null')
    .and('model = ?', model)
    .and('workload = ?', workload)
    .and(`body->>'rootCause' = ?`, rootCause)
    .and(isOpen ? '(priority, opportunity_id) < (?::float8, ?)' : '(seen_at, opportunity_id) < (?::timestamptz, ?)', key?.[0], key?.[1]);
  const order = isOpen ? 'priority desc, opportunity_id desc' : 'seen_at desc, opportunity_id desc';
  const rows = await db.query<Row>(`select ${columns} from opportunities ${asked.sql} order by ${order} limit ${asked.add(limit + 1)}`, asked.parameters);
  const page = pageOf(rows, limit, ({ priority, seenAt, body }) => [isOpen ? priority : seenAt, body.opportunityId]);
  return { items: page.items.map(summaryOf), next: page.next };
};

/** One with what was made of it; undefined where it is not known. */
export const opportunityDetail = async (db: Queries, opportunityId: string): Promise<OpportunityDetail | undefined> => {
  const [row] = await db.query<Row>(`select ${columns} from opportunities where opportunity_id = $1`, [opportunityId]);
  if (!row) return undefined;
  const contained = JSON.stringify([opportunityId]);
  const datasets = await db.query<OpportunityDetail['datasets'][number]>(
    `select dataset_id as "datasetId", ${instantSql('versioned_at')} as "versionedAt" from datasets where body->'opportunityIds' @> $1::jsonb order by versioned_at desc limit ${MADE_MAX}`,
    [contained],
  );
  const cycles = await db.query<OpportunityDetail['cycles'][number]>(
    `select cycle_id as "cycleId", state, version, ${instantSql('started_at')} as "startedAt" from cycles where facts #> '{started,opportunityIds}' @> $1::jsonb order by started_at desc limit ${MADE_MAX}`,
    [contained],
  );
  return { opportunity: row.body, closed: row.closed, datasets, cycles };
};
