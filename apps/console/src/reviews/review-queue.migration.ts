import { ForwardMigration } from '@ratchet/persistence';

/** Waiting items: most users, then the most certain; decided ones: the newest first. */
const PLACE = `case when state = 'waiting' then -(coalesce((body->>'agreeingUsers')::float8, 0) + 0.999 * confidence) else -extract(epoch from changed_at)::float8 end`;

const COLUMNS = `
  alter table review_items
    add column opportunity_id text not null default '',
    add column source text not null default '',
    add column confidence float8 not null default 0,
    add column claimed_by text,
    add column claimed_until timestamptz,
    -- Who has decided already: they are not asked again.
    add column reviewers text[] not null default '{}',
    -- What the first two of two reviewers said of the item, where both have.
    add column pair text,
    -- Where it stands in the list of its state, the first the lowest.
    add column place float8 not null default 0;
  update review_items set opportunity_id = body->>'opportunityId', source = body->>'source', confidence = (body->>'confidence')::float8,
    claimed_by = body->'claim'->>'reviewer', claimed_until = (body->'claim'->>'until')::timestamptz,
    reviewers = array(select d->>'reviewer' from jsonb_array_elements(body->'decisions') d),
    pair = case when coalesce((body->>'reviewersNeeded')::int, 1) > 1 and jsonb_array_length(body->'decisions') > 1 then
      case when body->'decisions'->0->>'decision' = 'approve' then case when body->'decisions'->1->>'decision' = 'approve' then 'bothYes' else 'onlyFirst' end
      else case when body->'decisions'->1->>'decision' = 'approve' then 'onlySecond' else 'bothNo' end end end;
  update review_items set place = ${PLACE};
`;

const INDEXES = `
  create index review_items_by_place on review_items (state, place, example_id);
  create index review_items_by_target on review_items (state, model, workload, place, example_id);
  create index review_items_by_opportunity on review_items (opportunity_id, state, place, example_id);
  create index review_items_by_source on review_items (state, source, place, example_id);
  create index review_items_by_confidence on review_items (state, confidence desc, example_id desc);
  create index review_items_by_holder on review_items (claimed_by, claimed_until) where claimed_by is not null;
`;

const DECISIONS = `
  create table review_decisions (
    example_id text not null references review_items (example_id) on delete cascade,
    reviewer text not null,
    decision text not null,
    decided_at timestamptz not null,
    primary key (example_id, reviewer)
  );
  create index review_decisions_by_reviewer on review_decisions (reviewer, decided_at);
  insert into review_decisions select example_id, d->>'reviewer', d->>'decision', (d->>'decidedAt')::timestamptz from review_items, jsonb_array_elements(body->'decisions') d on conflict do nothing;
`;

// Kept by the database itself, so that no way of changing an item can forget it; nobody counts a hundred thousand items for a page.
const TALLIES = `
  create table review_tallies (
    model text not null,
    workload text not null,
    tally text not null,
    items bigint not null,
    primary key (model, workload, tally)
  );
  insert into review_tallies select model, workload, 'state:' || state, count(*) from review_items group by 1, 2, 3;
  insert into review_tallies select model, workload, 'pair:' || pair, count(*) from review_items where pair is not null group by 1, 2, 3;
`;

/** What rows add to the tallies; `by` is 1 for those that came, -1 for those that went. */
const tallied = (rows: string, by: 1 | -1): string => `
  select model, workload, 'state:' || state as tally, ${by} as by from ${rows}
  union all select model, workload, 'pair:' || pair, ${by} from ${rows} where pair is not null`;

// Once for each statement, in one order: a thousand rows change a tally once, and two transactions never wait for each other in a ring.
const tallyTrigger = (on: 'insert' | 'update' | 'delete', { referencing, changes }: { readonly referencing: string; readonly changes: string }): string => `
  create function tally_reviews_on_${on}() returns trigger language plpgsql as $$
  begin
    insert into review_tallies as t
      select model, workload, tally, sum(by) from (${changes}) c group by 1, 2, 3 having sum(by) <> 0 order by 1, 2, 3
      on conflict (model, workload, tally) do update set items = t.items + excluded.items;
    return null;
  end $$;
  create trigger review_items_are_tallied_on_${on} after ${on} on review_items referencing ${referencing} for each statement execute function tally_reviews_on_${on}();
`;

const TRIGGERS = [
  tallyTrigger('insert', { referencing: 'new table as came', changes: tallied('came', 1) }),
  tallyTrigger('update', { referencing: 'old table as went new table as came', changes: `${tallied('went', -1)} union all ${tallied('came', 1)}` }),
  tallyTrigger('delete', { referencing: 'old table as went', changes: tallied('went', -1) }),
];

export class ReviewQueue0009 extends ForwardMigration {
  readonly name = 'ReviewQueue1760000000009';
  protected readonly statements = [COLUMNS, INDEXES, DECISIONS, TALLIES, ...TRIGGERS, 'create index erasures_by_place on erasures (completed_at desc, erasure_id desc)'];
}
