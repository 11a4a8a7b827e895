import { ForwardMigration } from '@ratchet/persistence';

/** Who may use the console, by what proof, and what became of each proof. Secrets are here as their SHA-256 alone. */
export class Access0006 extends ForwardMigration {
  readonly name = 'Access1760000000006';
  protected readonly statements = [`
      create table users (
        user_id uuid primary key,
        name text not null unique,
        -- Without a role nobody may do anything.
        role text check (role in ('viewer', 'reviewer', 'operator', 'admin')),
        issuer text,
        subject text,
        created_at timestamptz not null default now(),
        disabled_at timestamptz,
        unique (issuer, subject),
        check ((issuer is null) = (subject is null))
      );
      create table access_tokens (
        token_id uuid primary key,
        token_hash bytea not null unique,
        user_id uuid not null references users,
        label text not null,
        role text not null check (role in ('viewer', 'reviewer', 'operator', 'admin')),
        read_only boolean not null,
        is_first boolean not null default false,
        created_at timestamptz not null default now(),
        created_by text not null,
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz
      );
      create index access_tokens_of_user on access_tokens (user_id, token_id desc);
      create table sessions (
        session_id uuid primary key,
        session_hash bytea not null unique,
        user_id uuid not null references users,
        token_id uuid references access_tokens,
        created_at timestamptz not null default now(),
        seen_at timestamptz not null default now(),
        ends_at timestamptz not null,
        address text not null,
        agent text not null
      );
      create index sessions_of_user on sessions (user_id, session_id desc);
      create index sessions_of_token on sessions (token_id);
      create index sessions_by_end on sessions (ends_at);
      create table access_events (
        event_id bigint generated always as identity primary key,
        kind text not null,
        name text,
        body jsonb not null,
        address text,
        happened_at timestamptz not null default now()
      );
      create index access_events_by_time on access_events (happened_at desc);
      create function refuse_access_event_change() returns trigger language plpgsql as $$ begin raise exception 'access events are append-only'; end $$;
      create trigger access_events_are_append_only before update or delete or truncate on access_events for each statement execute function refuse_access_event_change();
    `];
}
