import type { EventEnvelope } from '@ratchet/contracts';
import type { VersionPublished } from '@ratchet/domain';
import type { Metrics } from '@ratchet/observability';
import { ProviderError, type VersionCompletion, type VersionPiece, type VersionRuntime } from '@ratchet/providers';
import type { ChatTurn } from './chat-turn.js';
import { chunkEvent, serverSentEvent, STREAM_END } from './completion-body.js';
import { interactionOf, type TurnEnd } from './interaction-of.js';
import { errorBody, type HttpFailure } from './openai-error.js';

export interface Answered {
  readonly servedVersion: string;
  readonly completion: VersionCompletion;
}

/** The begun stream of a version; `pieces` continues after `first`. */
export interface Begun {
  readonly servedVersion: string;
  readonly fellBack: boolean;
  readonly first: VersionPiece;
  readonly pieces: AsyncGenerator<VersionPiece, void, undefined>;
}

/** A turn that no version could answer; it is recorded by then. */
export class TurnFailedError extends Error {
  override readonly name = 'TurnFailedError';

  constructor(
    readonly failure: HttpFailure,
    readonly servedVersion: string,
    options: ErrorOptions,
  ) {
    super(failure.message, options);
  }
}

const failureOf = (error: unknown): HttpFailure => {
  const code = error instanceof ProviderError ? error.code : 'bad_response';
  // The provider found the request itself wrong: clients must not try it again, as they do after 502.
  const invalid = error instanceof ProviderError && code === 'refused' && (error.status === 400 || error.status === 422);
  const status = code === 'timeout' ? 504 : code === 'rate_limited' ? 429 : invalid ? 400 : 502;
  const message = error instanceof ProviderError ? error.message : 'The model provider failed.';
  return { status, type: status === 429 ? 'rate_limit_error' : invalid ? 'invalid_request_error' : 'api_error', code: `provider_${code}`, message };
};

export interface ChatServiceOptions {
  readonly runtime: VersionRuntime;
  /** Takes the event of each turn, at once. */
  readonly record: (event: EventEnvelope) => void;
  readonly metrics: Metrics;
}

/** Answers turns: the chosen version, else the champion; each turn becomes one interaction, whatever happens. */
export class ChatService {
  private readonly fallbacks;

  constructor(private readonly options: ChatServiceOptions) {
    this.fallbacks = options.metrics.counter({ name: 'ratchet_gateway_fallbacks_total', help: 'Answers of the champion in place of a candidate that failed', labelNames: ['model', 'reason'] });
  }

  /** @throws {TurnFailedError} */
  async complete(turn: ChatTurn): Promise<Answered> {
    const attempt = (version: VersionPublished): Promise<VersionCompletion> => this.options.runtime.complete(versionRequest(turn, version));
    const { result: completion, servedVersion, fellBack } = await this.withFallback(turn, attempt);
    this.record(turn, { servedVersion, fellBack, ...endOf(completion) });
    return { servedVersion, completion };
  }

  /** Starts a stream; falling back is possible until its first piece is there. @throws {TurnFailedError} */
  async begin(turn: ChatTurn, signal: AbortSignal): Promise<Begun> {
    const attempt = async (version: VersionPublished): Promise<{ first: VersionPiece; pieces: Begun['pieces'] }> => {
      const pieces = this.options.runtime.stream({ ...versionRequest(turn, version), signal });
      const { value: first, done } = await pieces.next();
      if (done || first === undefined) throw new ProviderError({ code: 'bad_response', provider: version.bundle.provider.name, message: 'the stream was empty' });
      return { first, pieces };
    };
    const { result, servedVersion, fellBack } = await this.withFallback(turn, attempt);
    return { servedVersion, fellBack, ...result };
  }

  /** The stream's server-sent events; the turn is recorded when it ends, by itself or because the client left. */
  async *events(turn: ChatTurn, { servedVersion, fellBack, first, pieces }: Begun): AsyncGenerator<string, void, undefined> {
    let content = '';
    let end: Omit<TurnEnd, 'servedVersion' | 'fellBack' | 'latencyMs'> | undefined;
    try {
      yield chunkEvent(turn, servedVersion, { delta: { role: 'assistant', content: '' } });
      for (let piece: VersionPiece | undefined = first; piece; piece = (await pieces.next()).value ?? undefined) {
        if ('completion' in piece) {
          const { finishReason, usage } = piece.completion;
          end = endOf(piece.completion);
          yield chunkEvent(turn, servedVersion, { finishReason });
          if (turn.request.includeUsage && usage) yield chunkEvent(turn, servedVersion, { usage });
          yield STREAM_END;
          return;
        }
        content += piece.delta;
        yield chunkEvent(turn, servedVersion, { delta: { content: piece.delta } });
      }
    } catch (error) {
      if (error instanceof ProviderError && error.code === 'cancelled') return;
      const failure = failureOf(error);
      end = { output: content === '' ? null : { content, finishReason: 'error' }, error: { type: failure.code, message: failure.message } };
      yield serverSentEvent(errorBody(failure));
    } finally {
      await pieces.return();
      // Nothing ended it, so the client left: that says nothing about the version.
      end ??= { output: { content, finishReason: 'cancelled' } };
      this.record(turn, { latencyMs: performance.now() - turn.startedMs, ...end, servedVersion, fellBack });
    }
  }

  private async withFallback<Result>(turn: ChatTurn, attempt: (version: VersionPublished) => Promise<Result>): Promise<{ result: Result; servedVersion: string; fellBack: boolean }> {
    const { version, fallback, fellBack } = turn.choice;
    try {
      const result = await attempt(version);
      if (fellBack) this.fallbacks.inc({ model: turn.request.model, reason: 'contents_missing' });
      return { result, servedVersion: version.versionId, fellBack };
    } catch (error) {
      if (!fallback || isCancelled(error)) throw this.failed(turn, { error, servedVersion: version.versionId, fellBack });
      this.fallbacks.inc({ model: turn.request.model, reason: error instanceof ProviderError ? error.code : 'unknown' });
    }
    try {
      return { result: await attempt(fallback), servedVersion: fallback.versionId, fellBack: true };
    } catch (error) {
      throw this.failed(turn, { error, servedVersion: fallback.versionId, fellBack: true });
    }
  }

  private failed(turn: ChatTurn, { error, servedVersion, fellBack }: { error: unknown; servedVersion: string; fellBack: boolean }): TurnFailedError {
    const failure = failureOf(error);
    const end: Pick<TurnEnd, 'output' | 'error'> = isCancelled(error)
      ? { output: { content: '', finishReason: 'cancelled' } }
      : { output: null, error: { type: failure.code, message: failure.message } };
    this.record(turn, { servedVersion, fellBack, latencyMs: performance.now() - turn.startedMs, ...end });
    return new TurnFailedError(failure, servedVersion, { cause: error });
  }

  private record(turn: ChatTurn, end: TurnEnd): void {
    this.options.record(interactionOf(turn, end));
  }
}

const isCancelled = (error: unknown): boolean => error instanceof ProviderError && error.code === 'cancelled';

const versionRequest = ({ request }: ChatTurn, { versionId, bundle }: VersionPublished) => ({
  versionId,
  bundle,
  messages: request.messages,
  seed: request.seed,
  parameters: request.parameters,
});

const endOf = ({ content, finishReason, latencyMs, usage, costUsd, attributes }: VersionCompletion) => ({
  output: { content, finishReason },
  latencyMs,
  ...(usage && { usage }),
  ...(costUsd !== undefined && { costUsd }),
  attributes,
});
