import type { ReviewDecision, ExampleSource, Target } from '@ratchet/domain';
import { NOTES_MAX, type RejectionNote } from '../review/rejection-notes.js';
import type { Candidate } from '../generation/candidate.js';
import type { RejectedAnswer, ReviewMemory } from '../review/screen-candidates.js';
import type { Tally } from '../review/track-record.js';
import type { Queryable } from './queryable.js';

const REJECTED_MAX = 20_000;
const BY_PEOPLE = `jsonb_array_length(decisions) > 0`;

const loadApproved = async (db: Queryable, { model, workload }: Target): Promise<Candidate[]> => {
  const rows = await db.query<{ input: string; output: string; opportunity_id: string; source: ExampleSource; interaction_ids: string[]; agreeing_users: number | null; decisions: ReviewDecision[] }>(
    `select input, approved_output as output, opportunity_id, source, interaction_ids, agreeing_users, decisions from review_items r
     where model = $1 and workload = $2 and state = 'approved' and approved_example_id is not null and undo_until is null
       and not exists (select 1 from issued_examples i where i.example_id = r.approved_example_id) order by example_id`,
    [model, workload],
  );
  return rows.map(({ input, output, opportunity_id, interaction_ids, agreeing_users, decisions }) => {
    const reviewers = decisions.filter(({ decision }) => decision !== 'reject').map(({ reviewer }) => reviewer);
    return {
      input, output, source: 'reviewer', confidence: 1, opportunityId: opportunity_id, interactionIds: interaction_ids, state: 'accepted', reviewers,
      ...(agreeing_users !== null && { agreeingUsers: agreeing_users }),
      reason: `approved by ${reviewers.join(' and ')}`,
    };
  });
};

/** Also the answers that reviewers replaced by others. */
const loadRejected = async (db: Queryable, { model, workload }: Target): Promise<RejectedAnswer[]> =>
  db.query<RejectedAnswer & Record<string, unknown>>(
    `select example_id as "exampleId", input, output from review_items
     where model = $1 and workload = $2 and ${BY_PEOPLE} and (state in ('rejected', 'withdrawn') or (state = 'approved' and approved_example_id <> example_id)) order by updated_at desc limit $3`,
    [model, workload, REJECTED_MAX],
  );

const loadRecord = async (db: Queryable, { model, workload }: Target): Promise<Map<string, Tally>> => {
  const rows = await db.query<{ origin: string; approved: number; edited: number; rejected: number }>(
    `select group_name as origin, (count(*) filter (where state = 'approved' and approved_example_id = example_id))::int as approved,
       (count(*) filter (where state = 'approved' and approved_example_id <> example_id))::int as edited, (count(*) filter (where state in ('rejected', 'withdrawn')))::int as rejected
     from review_items, unnest(origins) as group_name where model = $1 and workload = $2 and state <> 'waiting' and ${BY_PEOPLE} group by group_name`,
    [model, workload],
  );
  return new Map(rows.map(({ origin, approved, edited, rejected }) => [origin, { approved: approved + edited / 2, rejected: rejected + edited / 2 }]));
};

/** What reviewers said of a target, for the next run. */
export const loadReviewMemory = async (db: Queryable, target: Target): Promise<ReviewMemory> => {
  const waiting = await db.query<{ example_id: string; seen: number }>(
    `select example_id, (extract(epoch from created_at) * 1000)::float8 as seen from review_items where model = $1 and workload = $2 and state = 'waiting'`,
    [target.model, target.workload],
  );
  return {
    approved: await loadApproved(db, target),
    rejected: await loadRejected(db, target),
    record: await loadRecord(db, target),
    firstSeen: new Map(waiting.map(({ example_id, seen }) => [example_id, seen])),
  };
};

export const hasUnissuedApprovals = async (db: Queryable, target: Target): Promise<boolean> => (await loadApproved(db, target)).length > 0;

/** The answers that reviewers refused for an opportunity, the newest first, each once. */
export const rejectionNotes = async (db: Queryable, opportunityId: string): Promise<RejectionNote[]> => {
  const rows = await db.query<{ output: string; decisions: ReviewDecision[] }>(
    `select distinct on (lower(output)) output, decisions, updated_at from review_items
     where opportunity_id = $1 and ${BY_PEOPLE} and (state in ('rejected', 'withdrawn') or (state = 'approved' and approved_example_id <> example_id)) order by lower(output), updated_at desc`,
    [opportunityId],
  );
  return rows
    .sort((a, b) => latest(b.decisions) - latest(a.decisions))
    .slice(0, NOTES_MAX)
    .map(({ output, decisions }) => ({ answer: output, reason: decisions.findLast(({ decision }) => decision !== 'approve')?.reason ?? '' }));
};

const latest = (decisions: readonly ReviewDecision[]): number => Math.max(...decisions.map(({ decidedAt }) => Date.parse(decidedAt)));
