import { queryOf, type Bundle, type Message } from '@ratchet/domain';
import { ProviderError } from '../call/provider-error.js';
import type { ChatAnswer, ChatProvider, ChatRequest, TokenUsage } from '../chat/chat-provider.js';
import { selfCritique } from '../critique/self-critique.js';
import { KnowledgeIndex, type RetrievedEntry } from '../retrieval/knowledge-index.js';
import { scoreUnsafeContent } from '../safety/unsafe-content.js';
import { spendingOf } from './spending.js';

/** What a person is told in place of an answer that the safety filter holds back. */
export const REFUSAL = "I can't help with that request.";

/** Used where a bundle has knowledge but says nothing about retrieval. */
export const DEFAULT_RETRIEVAL = { topK: 3, minScore: 0.15 };

export interface VersionRequest {
  readonly versionId: string;
  readonly bundle: Bundle;
  readonly messages: readonly Message[];
  readonly seed?: number | undefined;
  /** Further fields of OpenAI's request, sent to the provider as they are. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** W3C trace context that the provider may continue. */
  readonly traceparent?: string | undefined;
}

export interface VersionCompletion {
  readonly content: string;
  /** As the provider says it; `content_filter` where the safety filter refused. */
  readonly finishReason: string;
  /** Absent where the provider counts no tokens. */
  readonly usage?: TokenUsage;
  /** Absent without usage, or without a price in the bundle. */
  readonly costUsd?: number;
  readonly latencyMs: number;
  readonly confidence?: number;
  readonly abstained?: boolean;
  /** Facts about how the answer was made, for `attributes` of the interaction; never text of users or models. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** Text as it comes, then the completion. */
export type VersionPiece = { readonly delta: string } | { readonly completion: VersionCompletion };

const STREAM_WINDOW_CHARS = 4000;

interface Prepared {
  readonly refusal: number | undefined;
  readonly retrieved: readonly RetrievedEntry[];
  readonly chat: ChatRequest;
  readonly provider: ChatProvider;
  readonly startedMs: number;
  /** Of how the answer was made, beside those of the call. */
  readonly facts?: VersionCompletion['attributes'];
}

/**
 * Serves versions: system prompt and retrieved knowledge before the conversation, the safety filter at the bundle's threshold on the request
 * and on the answer, the provider's call, and self-critique where the bundle asks for it. Gateway and evaluator use this one class, so what is judged is what is served.
 */
export class VersionRuntime {
  private readonly providers: ReadonlyMap<string, ChatProvider>;
  private readonly nowMs: () => number;
  // A bundle is immutable, so its index may live exactly as long as the bundle's object.
  private readonly indexes = new WeakMap<Bundle, KnowledgeIndex>();

  constructor({ providers, nowMs = () => performance.now() }: { providers: ReadonlyMap<string, ChatProvider>; nowMs?: () => number }) {
    this.providers = providers;
    this.nowMs = nowMs;
  }

  /** One whole answer. @throws {ProviderError} */
  async complete(request: VersionRequest): Promise<VersionCompletion> {
    const prepared = this.prepare(request);
    if (prepared.refusal !== undefined) return this.refuse({ prepared, score: prepared.refusal, where: 'request' });
    const draft = await prepared.provider.complete(prepared.chat);
    const unsafe = unsafeScoreAbove(draft.content, request.bundle);
    if (unsafe !== undefined) return this.refuse({ prepared, score: unsafe, where: 'answer', request, answer: draft });
    const { answer, facts } = await this.criticised({ request, prepared, draft });
    return this.finish({ request, prepared: { ...prepared, facts }, answer });
  }

  /** The same by pieces, without self-critique; the last one is the completion. Text is held back from the piece on that makes the answer unsafe. @throws {ProviderError} */
  async *stream(request: VersionRequest): AsyncGenerator<VersionPiece, void, undefined> {
    const prepared = { ...this.prepare(request), ...(request.bundle.selfCritique && { facts: { 'ratchet.self_critique.skipped': 'streaming' } }) };
    if (prepared.refusal !== undefined) {
      yield { delta: REFUSAL };
      yield { completion: this.refuse({ prepared, score: prepared.refusal, where: 'request' }) };
      return;
    }
    let sent = '';
    for await (const piece of prepared.provider.stream(prepared.chat)) {
      if ('answer' in piece) {
        yield { completion: this.finish({ request, prepared, answer: piece.answer }) };
        return;
      }
      // The rules look for words near each other; reading all of a long answer again for each piece would cost its square.
      const unsafe = unsafeScoreAbove((sent + piece.delta).slice(-STREAM_WINDOW_CHARS), request.bundle);
      if (unsafe !== undefined) {
        const completion = this.refuse({ prepared, score: unsafe, where: 'answer' });
        yield { completion: { ...completion, content: sent } };
        return;
      }
      sent += piece.delta;
      yield { delta: piece.delta };
    }
  }

  private prepare({ bundle, versionId, messages, seed, parameters, signal, traceparent }: VersionRequest): Prepared {
    const startedMs = this.nowMs();
    const provider = this.providers.get(bundle.provider.name);
    if (!provider) {
      const known = [...this.providers.keys()].join(', ') || 'none';
      throw new ProviderError({ code: 'refused', provider: bundle.provider.name, message: `version ${versionId} needs it, but PROVIDERS does not name it (it names ${known})` });
    }
    const query = queryOf({ input: [...messages] });
    const retrieved = this.retrieve(bundle, query);
    const system = systemMessageOf(bundle, retrieved);
    return {
      refusal: unsafeScoreAbove(query, bundle),
      retrieved,
      chat: { model: bundle.provider.model, messages: system === undefined ? messages : [{ role: 'system', content: system }, ...messages], seed, parameters, signal, traceparent },
      provider,
      startedMs,
    };
  }

  private retrieve(bundle: Bundle, query: string): readonly RetrievedEntry[] {
    const { knowledge, retrieval = DEFAULT_RETRIEVAL } = bundle;
    if (knowledge === undefined || knowledge.length === 0 || query === '' || retrieval.topK === 0) return [];
    let index = this.indexes.get(bundle);
    if (!index) this.indexes.set(bundle, (index = new KnowledgeIndex(knowledge)));
    return index.search({ query, ...retrieval });
  }

  /** The draft is safe by now, and no unsafe answer takes its place. */
  private async criticised({ request, prepared: { provider, chat, startedMs }, draft }: { request: VersionRequest; prepared: Prepared; draft: ChatAnswer }): Promise<{ answer: ChatAnswer; facts: VersionCompletion['attributes'] }> {
    const { selfCritique: settings, price } = request.bundle;
    if (!settings) return { answer: draft, facts: {} };
    const isUnsafe = (content: string): boolean => unsafeScoreAbove(content, request.bundle) !== undefined;
    const { answer, attributes } = await selfCritique({ settings, price, provider, chat, draft, isUnsafe, nowMs: this.nowMs, startedMs });
    return { answer, facts: attributes };
  }

  private finish({ request, prepared, answer }: { request: VersionRequest; prepared: Prepared; answer: ChatAnswer }): VersionCompletion {
    return {
      content: answer.content,
      finishReason: answer.finishReason,
      ...spendingOf(request.bundle, answer.usage),
      latencyMs: this.nowMs() - prepared.startedMs,
      ...(answer.confidence !== undefined && { confidence: answer.confidence }),
      ...(answer.abstained !== undefined && { abstained: answer.abstained }),
      attributes: attributesOf(prepared, answer),
    };
  }

  private refuse({ prepared, score, where, request, answer }: { prepared: Prepared; score: number; where: 'request' | 'answer'; request?: VersionRequest; answer?: ChatAnswer }): VersionCompletion {
    return {
      content: REFUSAL,
      finishReason: 'content_filter',
      // An answer that was held back was paid for all the same; a request that was refused cost nothing.
      ...(request && answer ? spendingOf(request.bundle, answer.usage) : { usage: { inputTokens: 0, outputTokens: 0 }, costUsd: 0 }),
      latencyMs: this.nowMs() - prepared.startedMs,
      attributes: { ...attributesOf(prepared, answer), 'ratchet.safety.refused': where, 'ratchet.safety.score': Number(score.toFixed(3)) },
    };
  }
}

const unsafeScoreAbove = (text: string, { safety }: Bundle): number | undefined => {
  if (!safety) return undefined;
  const { score } = scoreUnsafeContent(text);
  return score > safety.threshold ? score : undefined;
};

const systemMessageOf = ({ systemPrompt }: Bundle, retrieved: readonly RetrievedEntry[]): string | undefined => {
  const knowledge = retrieved.map(({ title, text }) => `## ${title}\n${text}`);
  const parts = [
    ...(systemPrompt ? [systemPrompt] : []),
    ...(knowledge.length > 0 ? ['Answer from these facts where they fit the question:', ...knowledge] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('\n\n');
};

const attributesOf = ({ provider, chat, retrieved, facts }: Prepared, answer: ChatAnswer | undefined): Record<string, string | number | boolean> => ({
  'gen_ai.provider.name': provider.name,
  'gen_ai.request.model': chat.model,
  ...(retrieved[0] && { 'ratchet.retrieval.entries': retrieved.length, 'ratchet.retrieval.top_score': Number(retrieved[0].score.toFixed(3)) }),
  ...(answer?.confidence !== undefined && { 'ratchet.confidence': answer.confidence }),
  ...(answer?.abstained !== undefined && { 'ratchet.abstained': answer.abstained }),
  ...facts,
});
