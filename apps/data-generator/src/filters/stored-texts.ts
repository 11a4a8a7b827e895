import type { InteractionFailed, OpportunityRanked } from '@ratchet/domain';
import { Redactor, type RedactionRules } from '@ratchet/redaction';

/** Takes what tells of a person out of every text before it is stored, and so before anyone reads it, a teacher or a reviewer. */
export class StoredTexts {
  private readonly redactor: Redactor;

  constructor(rules: RedactionRules, onRedacted?: (kind: string, count: number) => void) {
    this.redactor = new Redactor(rules, onRedacted);
  }

  text(text: string): string {
    // A database's text has no zero byte and no half of a character.
    return this.redactor.redact(text).toWellFormed().replaceAll('\0', '\ufffd');
  }

  failure(failed: InteractionFailed): InteractionFailed {
    return { ...failed, query: this.text(failed.query), response: this.text(failed.response), ...(failed.correction !== undefined && { correction: this.text(failed.correction) }) };
  }

  opportunity(ranked: OpportunityRanked): OpportunityRanked {
    return { ...ranked, rootCauseReason: this.text(ranked.rootCauseReason), commonPatterns: ranked.commonPatterns.map((pattern) => this.text(pattern)) };
  }
}

/** An answer with a hole in it teaches to give answers with holes. */
export const holdsPlaceholder = (text: string): boolean => /\[(?:email|phone|card|iban|ip|url)\]/u.test(text);
