import { ForwardMigration } from '@ratchet/persistence';

/** `answer_check` grades an answer in place of the output; null where the output does. */
export class AnswerChecks0003 extends ForwardMigration {
  readonly name = 'AnswerChecks1764000000003';
  protected readonly statements = ['alter table examples add column answer_check jsonb'];
}
