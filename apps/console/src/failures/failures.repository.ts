import type { FailureDetail, FailuresQuery, FailureSummary, ShownSignal, Turn } from '@ratchet/console-api';
import type { FeedbackReason, OpportunityClosed, OpportunityRanked, Signal, SignalName } from '@ratchet/domain';
import type { Database } from '@ratchet/persistence';
import { z } from 'zod';
import { Conditions, cursorInstant, cursorText, instantSql, keyOfCursor, type PageOf, pageOf } from '../http/paging.js';
import { searchQuery } from './search-words.js';

type Queries = Pick<Database, 'query'>;

const EXCERPT_CHARS = 300;
/** Turns that are shown on each side of a failure. */
const AROUND = 20;

type SummaryRow = Omit<FailureSummary, 'signals'> & { readonly signals: SignalName[] };

const summaryColumns = (text: (column: string) => string): string => `
  f.interaction_id as "interactionId", f.conversation_id as "conversationId", f.model, f.workload, f.version, ${text('f.query')} as query, ${text('f.response')} as response,
  f.probability, f.severity, f.signal_names as signals, f.content_withheld as "contentWithheld", ${instantSql('f.closed_at')} as "closedAt",
  (select c.opportunity_id from clustered_failures c where c.interaction_id = f.interaction_id) as "opportunityId"`;

const keySchema = z.tuple([cursorInstant, cursorText]);
const excerpt = (column: string): string => `left(${column}, ${EXCERPT_CHARS})`;

/** A page of failures, the newest first. Throws 400 for an `after` that this list never gave. */
export const failures = async (db: Queries, asked: FailuresQuery): Promise<PageOf<FailureSummary>> => {
  const key = keyOfCursor(asked.after, keySchema);
  const query = asked.search === undefined ? undefined : searchQuery(asked.search);
  const conditions = new Conditions()
    .and('f.model = ?', asked.model)
    .and('f.workload = ?', asked.workload)
    .and('f.version = ?', asked.version)
    .and('f.signal_names @> array[?]::text[]', asked.signal)
    .and('f.conversation_id = ?', asked.conversation)
    .and('f.user_id = ?', asked.user)
    .and('f.words @@ ?::tsquery', query)
    .and('f.interaction_id in (select interaction_id from clustered_failures where opportunity_id = ?)', asked.opportunity)
    .and('(f.closed_at, f.interaction_id) < (?::timestamptz, ?)', key?.[0], key?.[1]);
  const rows = await db.query<SummaryRow>(
    `select ${summaryColumns(excerpt)} from failures f ${conditions.sql} order by f.closed_at desc, f.interaction_id desc limit ${conditions.add(asked.limit + 1)}`,
    conditions.parameters,
  );
  return pageOf(rows, asked.limit, ({ closedAt, interactionId }) => [closedAt, interactionId]);
};

interface DetailRow extends SummaryRow {
  readonly userId: string | null;
  readonly inTime: Signal[];
  readonly reasons: FeedbackReason[];
  readonly comment: string | null;
  readonly correction: string | null;
  readonly startedAt: string;
}

interface LateRow {
  readonly body: Signal & { readonly comment?: string; readonly correction?: string; readonly reasons?: FeedbackReason[] };
  readonly detectedAt: string;
}

const turnColumns = `i.interaction_id as "interactionId", i.version, i.query, i.response, i.error, ${instantSql('i.started_at')} as "startedAt",
  exists (select 1 from failures f where f.interaction_id = i.interaction_id and f.conversation_id = i.conversation_id) as failed`;

/** The turns on one side of a moment, the nearest first, and whether there are more. */
const side = async (db: Queries, { conversationId, interactionId, startedAt }: DetailRow, direction: 'before' | 'after'): Promise<{ turns: Turn[]; more: boolean }> => {
  const [compare, order] = direction === 'before' ? ['<', 'desc'] : ['>', 'asc'];
  const turns = await db.query<Turn & Record<string, unknown>>(
    `select ${turnColumns} from interactions i where i.conversation_id = $1 and i.interaction_id <> $2 and (i.started_at, i.interaction_id) ${compare} ($3::timestamptz, $2)
     order by i.started_at ${order}, i.interaction_id ${order} limit ${AROUND + 1}`,
    [conversationId, interactionId, startedAt],
  );
  return { turns: turns.slice(0, AROUND), more: turns.length > AROUND };
};

const conversationOf = async (db: Queries, failure: DetailRow): Promise<Pick<FailureDetail, 'turns' | 'more' | 'conversationKept'>> => {
  const { conversationId, interactionId, version, query, response, startedAt } = failure;
  const [itself] = await db.query<Turn & Record<string, unknown>>(`select ${turnColumns} from interactions i where i.conversation_id = $1 and i.interaction_id = $2`, [conversationId, interactionId]);
  const before = await side(db, failure, 'before');
  const after = await side(db, failure, 'after');
  const shown: Turn = { interactionId, version, query, response, error: itself?.error ?? null, failed: true, startedAt };
  return { turns: [...before.turns.reverse(), shown, ...after.turns], more: { before: before.more, after: after.more }, conversationKept: itself !== undefined };
};

const opportunityOf = async (db: Queries, opportunityId: string | null): Promise<FailureDetail['opportunity']> => {
  const [row] = await db.query<{ body: OpportunityRanked; closed: OpportunityClosed | null }>('select body, closed from opportunities where opportunity_id = $1', [opportunityId]);
  if (!row) return null;
  const { commonPatterns, rootCause, fixType } = row.body;
  return { opportunityId: row.body.opportunityId, commonPatterns, rootCause, fixType, closed: row.closed?.reason ?? null };
};

/** A failure in its conversation, with all that is known against it; undefined where it is not kept. */
export const failureDetail = async (db: Queries, id: string): Promise<FailureDetail | undefined> => {
  const [row] = await db.query<DetailRow & Record<string, unknown>>(
    `select ${summaryColumns((column) => column)}, f.user_id as "userId", f.signals as "inTime", f.reasons, f.comment, f.correction, ${instantSql('f.started_at')} as "startedAt" from failures f where f.interaction_id = $1`,
    [id],
  );
  if (!row) return undefined;
  const late = await db.query<LateRow & Record<string, unknown>>(`select body, ${instantSql('detected_at')} as "detectedAt" from late_evidence where interaction_id = $1 order by detected_at, signal_id limit 200`, [id]);
  const { inTime, comment, ...failure } = row;
  const signals: ShownSignal[] = [
    ...inTime.map((signal) => ({ ...signal, late: false, detectedAt: null })),
    ...late.map(({ body: { name, strength, evidence }, detectedAt }) => ({ name, strength, evidence, late: true, detectedAt })),
  ];
  return {
    failure: {
      ...failure,
      reasons: [...new Set([...row.reasons, ...late.flatMap(({ body }) => body.reasons ?? [])])],
      comments: [comment, ...late.map(({ body }) => body.comment)].filter((text): text is string => typeof text === 'string'),
      // What was said last counts.
      correction: late.findLast(({ body }) => body.correction !== undefined)?.body.correction ?? row.correction,
    },
    signals,
    ...(await conversationOf(db, row)),
    opportunity: await opportunityOf(db, row.opportunityId),
  };
};
