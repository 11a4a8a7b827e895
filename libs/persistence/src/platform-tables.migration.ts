import { ForwardMigration } from './forward-migration.js';

/** Inbox and outbox, in every service's schema. */
export class PlatformTables0001 extends ForwardMigration {
  readonly name = 'PlatformTables0000000000001';
  protected readonly statements = [`
      create table inbox (
        event_id text not null,
        source text not null,
        received_at timestamptz not null default now(),
        primary key (source, event_id)
      );
      create index inbox_received_at on inbox (received_at);
      create table outbox (
        sequence bigint generated always as identity primary key,
        topic text not null,
        key text not null,
        value text not null,
        headers jsonb not null,
        written_at timestamptz not null default now()
      );
    `];
}

/**
 * Keys and headers hold ids of other people's making, and those any character. Text has no zero byte, and jsonb no escape of one; json keeps
 * what it is given, and is never looked into here.
 */
export class PlatformTables0002 extends ForwardMigration {
  readonly name = 'PlatformTables0000000000002';
  protected readonly statements = ['alter table outbox alter column key type json using to_json(key), alter column headers type json using headers::json'];
}
