import { normalizeAnswer } from '@ratchet/domain';
import { hashEmbedding } from '@ratchet/embedded-model';
import { answerKeyOf, isGenerated, type Candidate } from '../generation/candidate.js';
import { isOtherLanguage } from './language-drift.js';
import { LeakGuard, type IssuedText } from './leakage.js';
import { hasDrifted, type Labelled } from './meaning-drift.js';
import { NearDuplicateIndex } from './near-duplicates.js';
import { reasonToReject, type LengthLimits, type RejectionReason } from './quality-filter.js';

/** Requests that a text's language is compared with. */
const LANGUAGE_SAMPLE = 20;

export interface QualityContext {
  readonly limits: LengthLimits;
  /** Issued in all datasets of the target. */
  readonly issuedTexts: readonly IssuedText[];
  /** Answer keys issued before, by normalised request. */
  readonly issued: ReadonlyMap<string, ReadonlySet<string>>;
  /** Replies that failed, by normalised request. */
  readonly failedAnswers: ReadonlyMap<string, readonly string[]>;
}

/** What an example that a machine wrote must pass before it may become one. It remembers what it let through in this run, so that nothing is made twice. */
export class QualityCheck {
  private readonly known = new NearDuplicateIndex<true>();
  private readonly leaks: LeakGuard;
  private readonly labelled: Labelled[] = [];
  private readonly requests: string[] = [];

  constructor(private readonly context: QualityContext) {
    this.leaks = new LeakGuard(context.issuedTexts);
    for (const { input } of context.issuedTexts) this.known.add(input, true);
  }

  /** What people said: nothing may repeat it, or take its request for another one. */
  learn(candidates: readonly Candidate[]): void {
    for (const { input, output, state } of candidates) {
      this.known.add(input, true);
      this.requests.push(input);
      if (state === 'accepted') this.labelled.push({ vector: hashEmbedding(input), answerKey: answerKeyOf(output) });
    }
  }

  isIssued({ input, output }: Pick<Candidate, 'input' | 'output'>): boolean {
    return this.context.issued.get(normalizeAnswer(input))?.has(answerKeyOf(output)) === true;
  }

  /** Why the candidate may not become an example; undefined where it may, and then it is remembered. `source` is what it was made of. */
  check(candidate: Candidate, source: Candidate | undefined): RejectionReason | undefined {
    const reason = this.reasonFor(candidate, source);
    if (reason) return reason;
    const { input, output, split } = candidate;
    this.known.add(input, true);
    this.leaks.add({ input, split: split ?? 'train', generated: isGenerated(candidate) });
    if (split !== 'test') this.labelled.push({ vector: hashEmbedding(input), answerKey: answerKeyOf(output) });
    return undefined;
  }

  private reasonFor(candidate: Candidate, source: Candidate | undefined): RejectionReason | undefined {
    const { input, output, split } = candidate;
    const plain = reasonToReject({ input, output, failedAnswers: this.context.failedAnswers.get(normalizeAnswer(input)) ?? [], limits: this.context.limits });
    if (plain) return plain;
    if (this.isIssued(candidate)) return 'already_issued';
    if (isOtherLanguage(input, [...(source ? [source.input] : []), ...this.requests.slice(0, LANGUAGE_SAMPLE)])) return 'other_language';
    const text = { input, generated: isGenerated(candidate) };
    if (split === 'test' && this.leaks.isTrained(text)) return 'evaluation_seen_in_training';
    if (split !== 'test' && this.leaks.isTested(text)) return 'leaks_test_item';
    if (this.known.has(input)) return 'near_duplicate';
    const keepsAnswer = source !== undefined && answerKeyOf(source.output) === answerKeyOf(output);
    return keepsAnswer && hasDrifted({ vector: hashEmbedding(input), answerKey: answerKeyOf(output), known: this.labelled }) ? 'meaning_drifted' : undefined;
  }
}
