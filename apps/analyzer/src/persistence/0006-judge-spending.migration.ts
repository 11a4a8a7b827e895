import { ForwardMigration } from '@ratchet/persistence';

// Apart from the opinions: these go with the failures that they quote, and what they cost was spent all the same.
const TABLE = `
  create table judge_spending (
    month text not null,
    model text not null,
    workload text not null,
    cost_usd double precision not null,
    calls integer not null,
    primary key (month, model, workload)
  );
`;

export class JudgeSpending0006 extends ForwardMigration {
  readonly name = 'JudgeSpending0000000000106';
  protected readonly statements = [TABLE];
}
