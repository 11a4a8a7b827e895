import type { MigrationInterface, QueryRunner } from 'typeorm';

export class NeedsPerson0005 implements MigrationInterface {
  name = 'NeedsPerson0000000000105';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table opportunities add column needs_person boolean not null default false');
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward');
  }
}
