import { ForwardMigration } from './forward-migration.js';

/** How long an event that was published is kept at least: one generation is whole behind the one that is filled. */
export const SENT_HOURS = 24;

/** Published events, in two generations: one is filled, and the older one is emptied at once, as a file, before it is filled again. */
export class PlatformTables0004 extends ForwardMigration {
  readonly name = 'PlatformTables0000000000004';
  protected readonly statements = [
    `create table sent_events_generation (
      only_one boolean primary key default true check (only_one),
      current smallint not null check (current between 0 and 1),
      began_at timestamptz not null default now(),
      forgotten_until timestamptz not null default '-infinity'
    )`,
    'insert into sent_events_generation (current) values (0)',
    `create table sent_events (
      sequence bigint not null,
      topic text not null,
      key json not null,
      value text not null,
      headers json not null,
      generation smallint not null
    ) partition by list (generation)`,
    ...[0, 1].map((generation) => `create table sent_events_${generation} partition of sent_events for values in (${generation})`),
    // As the owner: the role that a service works under need not be one that may empty tables.
    `create function rotate_sent_events() returns boolean language plpgsql security definer set search_path from current set lock_timeout = '2s' as $$
      declare
        next smallint;
      begin
        update sent_events_generation set current = 1 - current, began_at = now() where began_at <= now() - interval '${SENT_HOURS} hours' returning current into next;
        if next is null then
          return false;
        end if;
        execute format('truncate sent_events_%s', next);
        return true;
      end $$`,
  ];
}
