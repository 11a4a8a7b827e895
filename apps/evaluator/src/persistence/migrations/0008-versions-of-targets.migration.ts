import { ForwardMigration } from '@ratchet/persistence';

/** A version's id says its number and its contents: two targets that begin with the same bundle have a version of the same id each. */
export class VersionsOfTargets0008 extends ForwardMigration {
  readonly name = 'VersionsOfTargets1764200000008';
  protected readonly statements = [
    'alter table versions drop constraint versions_pkey, add primary key (model, workload, version_id)',
    'create index versions_by_id on versions (version_id)',
  ];
}
