import { ForwardMigration } from '@ratchet/persistence';

/** Datasets with their examples, fixes, loss curves, and the items that verdicts tell of. */
export class Lineage0010 extends ForwardMigration {
  readonly name = 'Lineage1760000000010';
  protected readonly statements = [`
      create table datasets (
        dataset_id text primary key,
        model text not null,
        workload text not null,
        purpose text not null,
        body jsonb not null,
        versioned_at timestamptz not null
      );
      create index datasets_by_time on datasets (versioned_at desc, dataset_id desc);
      create index datasets_by_target on datasets (model, workload, versioned_at desc, dataset_id desc);
      create index datasets_by_purpose on datasets (purpose, versioned_at desc, dataset_id desc);
      create table dataset_examples (
        dataset_id text not null,
        example_id text not null,
        model text not null,
        workload text not null,
        split text not null,
        source text not null,
        category text,
        body jsonb not null,
        primary key (dataset_id, example_id)
      );
      create index dataset_examples_counted on dataset_examples (dataset_id, split, source, category);
      create index dataset_examples_by_example on dataset_examples (example_id);
      create index dataset_examples_by_split on dataset_examples (dataset_id, split, example_id);
      create index dataset_examples_by_source on dataset_examples (dataset_id, source, example_id);
      create index dataset_examples_by_category on dataset_examples (dataset_id, category, example_id);
      create index dataset_examples_by_interaction on dataset_examples using gin ((body #> '{lineage,interactionIds}'));
      create table erased_examples (
        model text not null,
        workload text not null,
        example_id text not null,
        primary key (model, workload, example_id)
      );
      create table fixes (
        fix_id text primary key,
        model text not null,
        workload text not null,
        dataset_id text,
        body jsonb not null
      );
      create index fixes_by_dataset on fixes (dataset_id);
      create table cycle_datasets (
        dataset_id text not null,
        cycle_id text not null,
        primary key (dataset_id, cycle_id)
      );
      insert into cycle_datasets (dataset_id, cycle_id)
        select distinct jsonb_array_elements_text(facts #> '{started,datasetIds}'), cycle_id from cycles;
      create table loss_curves (cycle_id text primary key, points jsonb not null);
      create table verdict_changes (cycle_id text primary key, better int not null, worse int not null);
      create table verdict_items (
        cycle_id text not null,
        direction text not null,
        place int not null,
        model text not null,
        workload text not null,
        version text not null,
        base_version text not null,
        example_id text,
        body jsonb not null,
        primary key (cycle_id, direction, place)
      );
      create index verdict_items_by_example on verdict_items (example_id);
      create index verdict_items_by_version on verdict_items (version);
      create index verdict_items_by_base on verdict_items (base_version);
      create index cycles_in_order on cycles (started_at desc, cycle_id desc);
      create index cycles_by_target on cycles (model, workload, started_at desc, cycle_id desc);
      create index cycles_by_state on cycles (state, started_at desc, cycle_id desc);
      create index cycles_by_version on cycles (model, workload, version, started_at desc);
      create index decisions_in_order on decisions (happened_at desc, decision_id desc);
      create index decisions_by_target on decisions (model, workload, happened_at desc, decision_id desc);
      create index versions_in_order on versions (model, workload, (-(body->>'ordinal')::int), version_id);
      create index versions_by_parent on versions (model, workload, (body->>'parentVersion'));
    `];
}
