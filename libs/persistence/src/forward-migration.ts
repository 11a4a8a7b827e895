import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Statements that run once, in the order of the migrations' names. There is no way back: what a newer release wrote, an older one cannot know. */
export abstract class ForwardMigration implements MigrationInterface {
  /** Ends with the 13 digits by which migrations are ordered. */
  abstract readonly name: string;
  protected abstract readonly statements: readonly string[];

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of this.statements) await runner.query(sql);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward');
  }
}
