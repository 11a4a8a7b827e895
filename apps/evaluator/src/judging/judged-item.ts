import type { AnswerPlace, CachedAnswer, NewAnswer } from '../scoring/answer-cache.js';
import { promptHashOf } from '../scoring/answer-cache.js';
import { asStoredFault, unscored } from '../scoring/scorer.js';
import type { Scored, Scorer, VersionReply } from '../scoring/scorer.js';
import { TimeLimitError, withTimeLimit } from '../scoring/time-limit.js';
import type { SuiteItem } from '../suites/suite-item.js';
import { askVersion } from './ask-version.js';
import type { AnswerRecord, JudgedVersion, RetryPolicy, VersionRunner } from './ask-version.js';
import { SEED } from './seed.js';

interface Answering {
  readonly runner: VersionRunner;
  readonly cachedOf: (place: AnswerPlace) => CachedAnswer | undefined;
  /** Asked whatever is cached. */
  readonly isFresh: boolean;
  readonly retryOf: (version: JudgedVersion) => RetryPolicy;
  readonly onAskedAgain?: ((isSame: boolean) => void) | undefined;
}

interface Answer {
  readonly version: JudgedVersion;
  readonly source: 'asked' | 'cached';
  readonly reply?: { readonly content: string; readonly finishReason: string; readonly costUsd: number | null; readonly latencyMs: number | null };
  readonly fault?: string;
}

/** Whose provider answered or failed; `fault` is absent where it answered. */
export interface Outcome {
  readonly whom: string;
  readonly fault: string | undefined;
}

/** One item on its way from question to scores. */
export class JudgedItem {
  readonly newAnswers: NewAnswer[] = [];
  /** Of all that were asked, versions and scorer. */
  readonly outcomes: Outcome[] = [];
  private readonly answers: Answer[] = [];

  constructor(private readonly given: { readonly item: SuiteItem; readonly versions: readonly JudgedVersion[]; readonly scorer: Scorer; readonly signal: AbortSignal; readonly timeLimitMs: number }) {}

  /** One version after the other. */
  async answer(answering: Answering): Promise<void> {
    for (const version of this.given.versions) this.answers.push(await this.answerOf(version, answering));
  }

  /** Faults of the versions stay faults; all else gets a score or the reason why there is none. With `isWhole`, these are all versions that the item is put to. */
  async score({ isWhole }: { readonly isWhole: boolean }): Promise<AnswerRecord[]> {
    const { item, scorer } = this.given;
    const answered = this.answers.flatMap(({ version, reply }) => (reply ? [{ ...reply, versionId: version.versionId, bundle: version.bundle }] : []));
    const scores = await this.scoresOf(answered);
    // Latencies are compared only where both were asked now, one right after the other; one that did not answer leaves the other's to tell of it.
    const isMeasured = isWhole && this.answers.every(({ source }) => source === 'asked');
    return this.answers.map(({ version: { versionId }, source, reply, fault }): AnswerRecord => {
      const scored = scores[answered.findIndex((one) => one.versionId === versionId)];
      return {
        versionId,
        itemId: item.itemId,
        score: scored?.score ?? null,
        latencyMs: isMeasured ? (reply?.latencyMs ?? null) : null,
        costUsd: reply?.costUsd ?? null,
        fault: fault ?? (scored?.fault === undefined ? null : asStoredFault(scored.fault)),
        reasons: scored?.reasons ?? [],
        scorer: { name: scorer.name, version: scorer.version },
        source,
      };
    });
  }

  private async answerOf(version: JudgedVersion, { runner, cachedOf, isFresh, retryOf, onAskedAgain }: Answering): Promise<Answer> {
    const { item, signal, timeLimitMs } = this.given;
    const place = { versionId: version.versionId, promptHash: promptHashOf({ prompt: item.prompt, seed: SEED }) };
    const cached = cachedOf(place);
    if (cached && !isFresh) return { version, source: 'cached', reply: { ...cached, latencyMs: null } };
    const asked = await askVersion({ runner, version, item, signal, retry: retryOf(version), timeLimitMs });
    this.outcomes.push({ whom: version.versionId, fault: 'fault' in asked ? asked.fault : undefined });
    if ('fault' in asked) return { version, source: 'asked', fault: asked.fault };
    const { content, finishReason, costUsd } = asked;
    this.newAnswers.push({ ...place, prompt: item.prompt, content, finishReason, costUsd });
    if (cached) onAskedAgain?.(cached.content === content);
    return { version, source: 'asked', reply: asked };
  }

  private async scoresOf(replies: readonly VersionReply[]): Promise<readonly Scored[]> {
    const { item, versions, scorer, signal, timeLimitMs } = this.given;
    if (replies.length === 0) return [];
    if (scorer.compares && replies.length < versions.length) return replies.map(() => unscored('unpaired'));
    const scores = await this.scoreInTime(() => withTimeLimit((within) => scorer.score(item, replies, within), { ms: timeLimitMs, signal }), replies.length);
    this.noteScorer(scores);
    return scores;
  }

  private async scoreInTime(score: () => Promise<readonly Scored[]>, count: number): Promise<readonly Scored[]> {
    try {
      return await score();
    } catch (error) {
      if (!(error instanceof TimeLimitError)) throw error;
      return Array.from({ length: count }, () => unscored('timeout'));
    }
  }

  /** What was scored without its model, or was not scored for another reason than its absence, tells nothing of an outage. */
  private noteScorer(scores: readonly Scored[]): void {
    const { name } = this.given.scorer;
    const away = scores.find(({ fault }) => fault === 'model_away' || fault === 'timeout');
    if (away?.fault) this.outcomes.push({ whom: `scorer ${name}`, fault: asStoredFault(away.fault) });
    else if (scores.some(({ score }) => score !== null)) this.outcomes.push({ whom: `scorer ${name}`, fault: undefined });
  }
}
