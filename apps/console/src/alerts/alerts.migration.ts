import { ForwardMigration } from '@ratchet/persistence';

/** What is told of alerts and to whom, who has seen them, what periodic reports count, and what was signed of them. */
export class Reports0013 extends ForwardMigration {
  readonly name = 'Reports1760000000013';
  protected readonly statements = [
    `
      alter table alerts add column severity text generated always as (body->>'severity') stored, add column name text generated always as (body->>'name') stored;
      create index alerts_by_time on alerts (raised_at desc, alert_id desc);
      create index alerts_open on alerts (raised_at desc, alert_id desc) where resolved_at is null;
      create index alerts_by_end on alerts (resolved_at) where resolved_at is not null;
      create table alert_acknowledgements (alert_id text primary key, actor text not null, reason text not null, at timestamptz not null default now());
      create table alert_tellings (receiver text not null, identity text not null, telling jsonb not null, thread text not null, primary key (receiver, identity));
      create table receiver_troubles (receiver text primary key, workload text not null, since timestamptz not null default now());
      alter table webhook_deliveries add column workload text, add column again_at timestamptz, add column again_by text;
      create index webhook_deliveries_by_state on webhook_deliveries (state, delivery_id desc);
    `,
    `
      create table report_days (
        day date not null, model text not null, workload text not null, version text not null,
        requests bigint not null, errors bigint not null, outcomes bigint not null, failures bigint not null,
        primary key (day, model, workload, version)
      );
      create table report_spending (month text not null, component text not null, model text not null, workload text not null, spent_usd float8 not null, limit_usd float8, changed_at timestamptz not null, primary key (month, component, model, workload));
      create table report_opportunities (opportunity_id text primary key, model text not null, workload text not null, root_cause text not null, size int not null, opened_at timestamptz not null, closed_at timestamptz, closed_as text);
      create index report_opportunities_by_start on report_opportunities (opened_at);
      create index report_opportunities_by_end on report_opportunities (closed_at) where closed_at is not null;
      create index cycles_by_end on cycles (ended_at) where ended_at is not null;
      create index decisions_by_kind on decisions (kind text_pattern_ops, happened_at);
      create index review_items_by_change on review_items (changed_at);
      create index erasures_by_time on erasures (completed_at);
      create index audit_records_by_time on audit_records (recorded_at);
    `,
    `
      create table report_contents (kind text not null, period text not null, hash text not null, content text not null, frozen_at timestamptz not null default now(), primary key (kind, period, hash));
      create table report_signatures (kind text not null, period text not null, hash text not null, signer text not null, role text not null, note text not null, signed_at timestamptz not null default now(),
        primary key (kind, period, hash, signer), foreign key (kind, period, hash) references report_contents);
      create function refuse_report_change() returns trigger language plpgsql as $$ begin raise exception 'what was signed is append-only'; end $$;
      create trigger report_contents_are_append_only before update or delete or truncate on report_contents for each statement execute function refuse_report_change();
      create trigger report_signatures_are_append_only before update or delete or truncate on report_signatures for each statement execute function refuse_report_change();
    `,
  ];
}
