import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AnswerChecks0003 implements MigrationInterface {
  name = 'AnswerChecks1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    // Grades an answer in place of the output; null where the output does.
    await runner.query('alter table examples add column answer_check jsonb');
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward');
  }
}
