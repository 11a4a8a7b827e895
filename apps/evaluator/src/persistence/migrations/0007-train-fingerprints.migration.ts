import { ForwardMigration } from '@ratchet/persistence';

/** Training examples without their texts, so that test items are found among them; datasets from before have none. */
export class TrainFingerprints0007 extends ForwardMigration {
  readonly name = 'TrainFingerprints1764200000007';
  protected readonly statements = [`
      create table train_fingerprints (
        dataset_id text not null,
        example_id text not null,
        text_hash text not null,
        signature bytea not null,
        generated boolean not null,
        primary key (dataset_id, example_id)
      );
      create index train_fingerprints_by_example on train_fingerprints (example_id);
      alter table datasets add column fingerprinted boolean not null default false;
    `];
}
