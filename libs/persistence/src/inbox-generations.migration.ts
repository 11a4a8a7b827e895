import { ForwardMigration } from './forward-migration.js';

/** How long an id is remembered at least: two generations are whole behind the one that is filled. */
export const INBOX_DAYS = 8;

/**
 * The inbox in three generations of ids: one is filled, two are remembered, and the oldest is emptied at once, as a file, before it is filled
 * again. Deletion of rows would leave as many dead ones as a service reads events, and an index of their times to find them by.
 *
 * An id is unique in its generation by the key, and across generations by the trigger. Nothing can slip between the two: whoever writes holds the
 * table of generations until its commit, and the turn of generations waits for all of them, so ids of another generation are always committed.
 * All of that is behind the statement that services of older releases send, so these and the new ones know each other's events during an update.
 */
export class PlatformTables0003 extends ForwardMigration {
  readonly name = 'PlatformTables0000000000003';
  protected readonly statements = [
    // Attached as a partition, it would be read from one end to the other under a lock; it is emptied once its ids are old.
    'alter table inbox rename to inbox_before',
    `create table inbox_generations (
      only_one boolean primary key default true check (only_one),
      current smallint not null check (current between 0 and 2),
      began_at timestamptz not null default now(),
      migrated_at timestamptz not null default now()
    )`,
    'insert into inbox_generations (current) values (0)',
    `create function inbox_generation() returns smallint language plpgsql volatile as $$
      begin
        lock table inbox_generations in access share mode;
        return (select current from inbox_generations);
      end $$`,
    `create table inbox (
      event_id text not null,
      source text not null,
      received_at timestamptz not null default now(),
      generation smallint not null default inbox_generation()
    ) partition by list (generation)`,
    ...[0, 1, 2].map((generation) => `create table inbox_${generation} partition of inbox (primary key (source, event_id)) for values in (${generation})`),
    // Runs after the lock on the generations is held, with a snapshot of its own: what an older generation has, it sees.
    `create function inbox_remembers() returns trigger language plpgsql as $$
      begin
        if exists (select from inbox where source = new.source and event_id = new.event_id and generation <> new.generation)
          or exists (select from inbox_before where source = new.source and event_id = new.event_id) then
          return null;
        end if;
        return new;
      end $$`,
    'create trigger inbox_remembers before insert on inbox for each row execute function inbox_remembers()',
    // As the owner: the role that a service works under need not be one that may empty tables. Whom it would keep waiting goes first.
    `create function rotate_inbox() returns boolean language plpgsql security definer set search_path from current set lock_timeout = '2s' as $$
      declare
        next smallint;
      begin
        -- Two that had both looked would each wait for the other to let go of what it looked at.
        perform pg_advisory_xact_lock(hashtext(current_schema() || '.inbox'));
        if not exists (select from inbox_generations where began_at <= now() - interval '${INBOX_DAYS / 2} days') then
          return false;
        end if;
        lock table inbox_generations in access exclusive mode;
        update inbox_generations set current = (current + 1) % 3, began_at = now() where began_at <= now() - interval '${INBOX_DAYS / 2} days' returning current into next;
        if next is null then
          return false;
        end if;
        execute format('truncate inbox_%s', next);
        if exists (select from inbox_generations where migrated_at <= now() - interval '${INBOX_DAYS} days') and exists (select from inbox_before) then
          truncate inbox_before;
        end if;
        return true;
      end $$`,
  ];
}
