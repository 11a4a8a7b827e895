/** For a migration of a service that spends: its ledger. Amounts are US dollars. */
export const SPENDING_TABLES = `
  create table spending (
    entry_id text primary key,
    component text not null,
    model text not null,
    workload text not null,
    run_id text not null,
    month text not null,
    content_hash text not null,
    kind text not null,
    state text not null check (state in ('reserved', 'settled', 'interrupted')),
    cost_usd double precision not null,
    input_tokens bigint,
    output_tokens bigint,
    estimated boolean not null,
    reserved_at timestamptz not null default now(),
    settled_at timestamptz
  );
  create index spending_by_month on spending (component, month);
  create index spending_by_run on spending (run_id);
`;

/** The same, for a service that has no table of results yet. */
export const PAID_RESULTS_TABLE = `
  create table teacher_results (
    content_hash text primary key,
    kind text not null,
    value jsonb not null,
    created_at timestamptz not null default now()
  );
`;
