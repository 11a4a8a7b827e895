import { ForwardMigration } from '@ratchet/persistence';

/** What became of clusters over time, and what maps and lists show of one without reading the ids of all of its failures. */
export class OpportunityHistory0019 extends ForwardMigration {
  readonly name = 'OpportunityHistory1760000000019';
  protected readonly statements = [
    `
      create table opportunity_history (
        entry_id bigint generated always as identity primary key,
        opportunity_id text not null,
        happened_at timestamptz not null,
        kind text,
        analysis_id text,
        size int,
        affected_users int,
        priority float8,
        rank int,
        root_cause text,
        from_ids jsonb not null default '[]',
        version text
      );
      create index opportunity_history_of_one on opportunity_history (opportunity_id, entry_id desc);
      create index opportunity_history_by_time on opportunity_history (happened_at);
      insert into opportunity_history (opportunity_id, happened_at, kind, analysis_id, size, affected_users, priority, rank, root_cause, from_ids)
        select opportunity_id, (body->>'rankedAt')::timestamptz, body #>> '{change,kind}', body->>'analysisId', (body->>'size')::int, (body->>'affectedUsers')::int, priority, (body->>'rank')::int, body->>'rootCause', coalesce(body #> '{change,from}', '[]')
        from opportunities;
      insert into opportunity_history (opportunity_id, happened_at, kind, version)
        select opportunity_id, (closed->>'closedAt')::timestamptz, case closed->>'reason' when 'merged' then 'merged_away' else closed->>'reason' end, closed->>'version' from opportunities where closed is not null;
    `,
    `
      alter table opportunities
        add column size int generated always as ((body->>'size')::int) stored,
        add column brief jsonb generated always as (body - array['interactionIds', 'representatives', 'patterns', 'diagnosis', 'strategyChoice', 'estimates', 'rootCauseReason', 'suggestedFix']) stored;
      create index opportunities_by_size on opportunities (model, workload, size desc, opportunity_id) where closed is null;
    `,
  ];
}
