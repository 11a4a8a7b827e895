import { ForwardMigration } from '@ratchet/persistence';

/** A cycle whose candidate has too little evidence may wait for a person. */
export class AwaitingPerson0007 extends ForwardMigration {
  readonly name = 'AwaitingPerson1764100000007';
  protected readonly statements = [
    `alter table cycles drop constraint cycles_state_check,
       add constraint cycles_state_check check (state in ('training', 'judging', 'awaiting_person', 'rollout', 'promoted', 'rejected', 'insufficient', 'superseded', 'rolled_back', 'failed'))`,
  ];
}
