import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The newest word of each component on each target about what it spent and waits for. */
export class Budgets0004 implements MigrationInterface {
  name = 'Budgets1760000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table budgets (
        component text not null,
        model text not null,
        workload text not null,
        body jsonb not null,
        changed_at timestamptz not null,
        primary key (component, model, workload)
      )
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward');
  }
}
