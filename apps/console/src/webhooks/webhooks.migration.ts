import { ForwardMigration } from '@ratchet/persistence';

/** What is to be sent to whom, in which order and when; and which receivers want nothing any more. */
export class Webhooks0005 extends ForwardMigration {
  readonly name = 'Webhooks1760000000005';
  protected readonly statements = [`
      create table webhook_deliveries (
        delivery_id bigint generated always as identity primary key,
        webhook text not null,
        message_id text not null,
        type text not null,
        ordering_key text not null,
        body text not null,
        state text not null,
        attempts int not null default 0,
        next_attempt_at timestamptz not null default now(),
        created_at timestamptz not null default now(),
        last_attempt_at timestamptz,
        last_status int,
        last_error text,
        last_response text,
        unique (webhook, message_id)
      );
      create index webhook_deliveries_waiting on webhook_deliveries (webhook, ordering_key, delivery_id) where state = 'waiting';
      create index webhook_deliveries_by_age on webhook_deliveries (created_at);
      create table webhook_ends (webhook text primary key, url_hash text not null, ended_at timestamptz not null default now());
    `];
}
