import type { Bundle } from '@ratchet/domain';
import { ProviderError } from '../call/provider-error.js';
import { readJsonAs } from '../call/read-json.js';
import type { ChatAnswer, ChatProvider, ChatRequest, TokenUsage } from '../chat/chat-provider.js';
import { addUsage, costOf } from '../runtime/spending.js';
import { critiqueLoop, type Judged } from './critique-loop.js';
import { CRITIQUE_PROMPT, critiqueRequestOf, critiqueSchema, improvementRequestOf, type AnswerCritique } from './critique-prompts.js';

export const SELF_CRITIQUE_DEFAULTS = { rounds: 3, stopAbove: 0.9, maxMs: 20_000 } as const;

/** Of a critique, as an estimate before it is asked for. */
const CRITIQUE_OUTPUT_TOKENS = 200;
const FALLBACK_TOKENS_PER_CHAR = 0.25;

/**
 * - `score`: a critique above `stopAbove`
 * - `rounds`: all critiques made
 * - `time`, `cost`: nothing left of `maxMs` or `maxUsd`, or nobody can say what it costs
 * - `unsafe`: the safety filter held an improved answer back
 * - `failed`: a call failed, a critique was not of the asked shape, or an improved answer was empty or cut off
 */
export type CritiqueStop = 'score' | 'rounds' | 'time' | 'cost' | 'unsafe' | 'failed';

export interface SelfCritiqueRequest {
  readonly settings: NonNullable<Bundle['selfCritique']>;
  readonly price: Bundle['price'];
  readonly provider: ChatProvider;
  /** What the draft answered. */
  readonly chat: ChatRequest;
  readonly draft: ChatAnswer;
  readonly isUnsafe: (content: string) => boolean;
  readonly nowMs: () => number;
  /** When the whole answer began. */
  readonly startedMs: number;
}

export interface SelfCritiqueResult {
  /** The answer with the best score, the earlier one of equals, the draft where there is no score; its `usage` is of all calls together. */
  readonly answer: ChatAnswer;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** A critique, and the improvement by it. */
interface Round {
  readonly startedMs: number;
  readonly spentBefore: number | undefined;
  latencyMs: number;
  costUsd: number | undefined;
  critique?: AnswerCritique;
}

/**
 * Lets a version criticise and improve its draft. What fails here leaves the best answer so far; only the caller's own cancelling throws.
 *
 * @throws {ProviderError} `cancelled`
 */
export const selfCritique = (request: SelfCritiqueRequest): Promise<SelfCritiqueResult> => new SelfCritique(request).run();

class SelfCritique {
  private readonly rounds: Round[] = [];
  private readonly settings;
  private usage: TokenUsage | undefined;
  private stop: CritiqueStop | undefined;

  constructor(private readonly request: SelfCritiqueRequest) {
    const { rounds, stopAbove, maxMs } = SELF_CRITIQUE_DEFAULTS;
    const given = request.settings;
    this.settings = { rounds: given.rounds ?? rounds, stopAbove: given.stopAbove ?? stopAbove, maxMs: given.maxMs ?? maxMs, maxUsd: given.maxUsd };
    this.usage = request.draft.usage;
  }

  async run(): Promise<SelfCritiqueResult> {
    const { draft } = this.request;
    const { judged, ended } = await critiqueLoop<ChatAnswer, AnswerCritique>({
      first: draft,
      critiquesMax: this.settings.rounds,
      goodAbove: this.settings.stopAbove,
      criticise: (answer) => this.criticise(answer),
      improve: (last) => this.improve(last),
    });
    const best = judged.reduce((best, { critique: { score } }, at) => (score > (judged[best]?.critique.score ?? -1) ? at : best), 0);
    const { usage: _, ...answer } = judged[best]?.answer ?? draft;
    const stoppedBy = ended === 'unanswered' ? (this.stop ?? 'failed') : ended;
    return { answer: { ...answer, ...(this.usage && { usage: this.usage }) }, attributes: this.attributes(stoppedBy, best) };
  }

  private async criticise(answer: ChatAnswer): Promise<AnswerCritique | undefined> {
    const chat = critiqueRequestOf(this.request.chat, answer.content);
    if (!this.mayCall(this.estimateUsd(chat, CRITIQUE_OUTPUT_TOKENS))) return undefined;
    const round: Round = { startedMs: this.request.nowMs(), spentBefore: this.spentUsd(), latencyMs: 0, costUsd: undefined };
    this.rounds.push(round);
    const said = await this.call(chat);
    if (!said) return undefined;
    const read = readJsonAs(critiqueSchema, said.content);
    if (!read.ok) return this.end('failed');
    round.critique = read.value;
    return read.value;
  }

  private async improve({ answer, critique }: Judged<ChatAnswer, AnswerCritique>): Promise<ChatAnswer | undefined> {
    const { chat, draft, isUnsafe } = this.request;
    const improvement = improvementRequestOf(chat, answer.content, critique.issues);
    const outputTokens = draft.usage?.outputTokens ?? 0;
    // An improved answer that nobody can criticise any more would be thrown away: both must be within the limit.
    const thenUsd = this.estimateUsd(critiqueRequestOf(chat, answer.content), CRITIQUE_OUTPUT_TOKENS);
    if (!this.mayCall(add(this.estimateUsd(improvement, outputTokens), thenUsd))) return undefined;
    const better = await this.call(improvement);
    if (!better) return undefined;
    if (better.content.trim() === '' || better.finishReason === 'length' || better.finishReason === 'content_filter') return this.end('failed');
    return isUnsafe(better.content) ? this.end('unsafe') : better;
  }

  /** One call within what is left of the time. */
  private async call(chat: ChatRequest): Promise<ChatAnswer | undefined> {
    const { provider, chat: { signal: cancelled } } = this.request;
    const timeUp = new AbortController();
    const timer = setTimeout(() => timeUp.abort(), this.leftMs());
    try {
      const answer = await provider.complete({ ...chat, signal: cancelled ? AbortSignal.any([cancelled, timeUp.signal]) : timeUp.signal });
      this.usage = addUsage(this.usage, answer.usage);
      return answer;
    } catch (error) {
      if (cancelled?.aborted) throw error;
      if (error instanceof ProviderError) this.usage = addUsage(this.usage, error.usage);
      return this.end(timeUp.signal.aborted ? 'time' : 'failed');
    } finally {
      clearTimeout(timer);
      const round = this.rounds.at(-1);
      if (round) this.settle(round);
    }
  }

  private settle(round: Round): void {
    const spent = this.spentUsd();
    round.latencyMs = this.request.nowMs() - round.startedMs;
    round.costUsd = spent === undefined || round.spentBefore === undefined ? undefined : spent - round.spentBefore;
  }

  /** Is there time and money left for a call that costs so much? */
  private mayCall(estimateUsd: number | undefined): boolean {
    const { chat, provider } = this.request;
    if (chat.signal?.aborted) throw new ProviderError({ code: 'cancelled', provider: provider.name, message: 'the caller cancelled the call' });
    if (this.leftMs() <= 0) this.stop = 'time';
    else if (!this.isAffordable(estimateUsd)) this.stop = 'cost';
    return this.stop === undefined;
  }

  /** Where nobody can say what a call costs, a limit lets none pass. */
  private isAffordable(estimateUsd: number | undefined): boolean {
    const { maxUsd } = this.settings;
    if (maxUsd === undefined) return true;
    const spent = this.spentUsd();
    return spent !== undefined && estimateUsd !== undefined && spent + estimateUsd <= maxUsd;
  }

  private leftMs(): number {
    return this.request.startedMs + this.settings.maxMs - this.request.nowMs();
  }

  private spentUsd(): number | undefined {
    const { price } = this.request;
    return price && this.usage ? costOf(price, this.usage) : undefined;
  }

  /** By as many tokens a character as the draft's request had. */
  private estimateUsd({ messages }: ChatRequest, outputTokens: number): number | undefined {
    const { price, chat, draft: { usage } } = this.request;
    if (!price || !usage) return undefined;
    const tokensPerChar = usage.inputTokens / Math.max(1, charsOf(chat)) || FALLBACK_TOKENS_PER_CHAR;
    return costOf(price, { inputTokens: charsOf({ messages }) * tokensPerChar, outputTokens });
  }

  private end(stop: CritiqueStop): undefined {
    this.stop = stop;
    return undefined;
  }

  private attributes(stoppedBy: CritiqueStop, best: number): Record<string, string | number> {
    const prefix = 'ratchet.self_critique';
    const attributes: Record<string, string | number> = {
      [`${prefix}.prompt`]: CRITIQUE_PROMPT,
      [`${prefix}.rounds`]: this.rounds.length,
      [`${prefix}.stopped_by`]: stoppedBy,
      [`${prefix}.improvements_taken`]: best,
    };
    for (const [at, { latencyMs, costUsd, critique }] of this.rounds.entries()) {
      const round = `${prefix}.round_${at + 1}`;
      if (critique) Object.assign(attributes, { [`${round}.score`]: critique.score, [`${round}.issues`]: critique.issues.length });
      attributes[`${round}.latency_ms`] = Number(latencyMs.toFixed(1));
      if (costUsd !== undefined) attributes[`${round}.cost_usd`] = costUsd;
    }
    return attributes;
  }
}

const charsOf = ({ messages }: Pick<ChatRequest, 'messages'>): number => messages.reduce((sum, { content }) => sum + content.length, 0);

const add = (one: number | undefined, other: number | undefined): number | undefined => (one === undefined || other === undefined ? undefined : one + other);
