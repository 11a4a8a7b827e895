import { ForwardMigration } from '@ratchet/persistence';

const TABLES = `
  alter table failures add column attributes jsonb not null default '{}';
  create table opportunity_history (
    opportunity_id text not null,
    -- The analysis, or the version that fixed it or was taken back.
    recorded_by text not null,
    kind text not null,
    from_ids jsonb not null default '[]',
    size integer not null,
    previous_size integer,
    affected_users integer,
    priority double precision not null,
    rank integer,
    recorded_at timestamptz not null default now(),
    primary key (opportunity_id, recorded_by, kind)
  );
  create index opportunity_history_by_time on opportunity_history (opportunity_id, recorded_at);
  create table text_embeddings (
    embedding text not null,
    text_hash text not null,
    vector bytea not null,
    used_at timestamptz not null default now(),
    primary key (embedding, text_hash)
  );
  create index text_embeddings_by_use on text_embeddings (used_at);
`;

export class ClustersOverTime0002 extends ForwardMigration {
  readonly name = 'ClustersOverTime0000000000102';
  protected readonly statements = [TABLES];
}
