import { ForwardMigration } from '@ratchet/persistence';

/** What the gates said of every candidate, and what people decided before that was read here. */
export class EarlyDecisions0007 extends ForwardMigration {
  readonly name = 'EarlyDecisions1764100000007';
  protected readonly statements = [
    `create table verdicts (
       target text not null,
       version text not null,
       cycle_id text not null,
       outcome text not null,
       awaits text,
       judged_at timestamptz not null,
       primary key (target, version, cycle_id)
     )`,
    `create table early_decisions (
       command_id text primary key,
       queue_number bigint generated always as identity,
       target text not null,
       version text not null,
       command jsonb not null,
       kept_at timestamptz not null
     )`,
    `create index early_decisions_by_version on early_decisions (target, version)`,
  ];
}
