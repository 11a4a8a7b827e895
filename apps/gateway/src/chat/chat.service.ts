import type { EventEnvelope } from '@ratchet/contracts';
import type { VersionPublished } from '@ratchet/domain';
import { noTracing, type Metrics, type TraceSpan, type Tracing } from '@ratchet/observability';
import { ProviderError, type VersionCompletion, type VersionPiece, type VersionRuntime } from '@ratchet/providers';
import type { ChatTurn } from './chat-turn.js';
import { chunkEvent, serverSentEvent, STREAM_END } from './completion-body.js';
import { interactionOf, type TurnEnd } from './interaction-of.js';
import { inTime } from './in-time.js';
import { errorBody, type HttpFailure } from './openai-error.js';
import { createSpan, endAs, startChatSpan, tracedPieces } from './turn-spans.js';
import { failureOf, isCancelled, isOverloaded } from './turn-failure.js';

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

/** Asks a version; the signal says that its time is up. */
type Attempt<Result> = (version: VersionPublished, signal: AbortSignal | undefined) => Promise<Result>;

export interface ChatServiceOptions {
  readonly runtime: VersionRuntime;
  /** Takes the event of each turn, at once. */
  readonly record: (event: EventEnvelope) => void;
  readonly metrics: Metrics;
  /** Off where absent. */
  readonly tracing?: Tracing;
  /** How long a version may take, to its answer or the first piece of it, where a champion stands by; as long as its provider's limit where absent. */
  readonly fallbackAfterMs?: (version: VersionPublished) => number | undefined;
}

/** Answers turns: the chosen version, else the champion; each turn becomes one interaction, whatever happens. */
export class ChatService {
  private readonly fallbacks;
  private readonly overloads;
  private readonly brokenStreams;
  private readonly tracing: Tracing;

  constructor(private readonly options: ChatServiceOptions) {
    const { metrics, tracing = noTracing } = options;
    this.tracing = tracing;
    this.overloads = metrics.counter({ name: 'ratchet_gateway_queue_full_total', help: 'Chat requests that found no room in the line before a provider', labelNames: ['provider'] });
    this.brokenStreams = metrics.counter({ name: 'ratchet_gateway_broken_streams_total', help: 'Streams that had begun and ended with an error', labelNames: ['model', 'reason'] });
    this.fallbacks = metrics.counter({ name: 'ratchet_gateway_fallbacks_total', help: 'Answers of the champion in place of a candidate that failed', labelNames: ['model', 'reason'] });
  }

  /** @throws {TurnFailedError} */
  async complete(turn: ChatTurn): Promise<Answered> {
    const attempt: Attempt<VersionCompletion> = async (version, signal) => {
      const span = startChatSpan(this.tracing, turn, version);
      return endAs(span, this.options.runtime.complete({ ...versionRequest(turn, version, span), signal }));
    };
    const { result: completion, servedVersion, fellBack } = await this.withFallback(turn, attempt);
    this.record(turn, { servedVersion, fellBack, ...endOf(completion) });
    return { servedVersion, completion };
  }

  /** Starts a stream; falling back is possible until its first piece is there. @throws {TurnFailedError} */
  async begin(turn: ChatTurn, left: AbortSignal): Promise<Begun> {
    const attempt: Attempt<{ first: VersionPiece; pieces: Begun['pieces'] }> = async (version, late) => {
      const span = startChatSpan(this.tracing, turn, version);
      const pieces = tracedPieces(span, this.options.runtime.stream({ ...versionRequest(turn, version, span), signal: late ? AbortSignal.any([left, late]) : left }));
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
      if (isCancelled(error)) return;
      const failure = failureOf(error);
      this.brokenStreams.inc({ model: turn.request.model, reason: failure.code });
      end = { output: content === '' ? null : { content, finishReason: 'error' }, error: { type: failure.code, message: failure.message } };
      yield serverSentEvent(errorBody(failure));
    } finally {
      await pieces.return();
      // Nothing ended it, so the client left: that says nothing about the version.
      end ??= { output: { content, finishReason: 'cancelled' } };
      this.record(turn, { latencyMs: performance.now() - turn.startedMs, ...end, servedVersion, fellBack });
    }
  }

  private async withFallback<Result>(turn: ChatTurn, attempt: Attempt<Result>): Promise<{ result: Result; servedVersion: string; fellBack: boolean }> {
    const { version, fallback, fellBack } = turn.choice;
    try {
      const withinMs = fallback && this.options.fallbackAfterMs?.(version);
      const result = await inTime({ version, withinMs, attempt: (signal) => attempt(version, signal) });
      if (fellBack) this.fallbacks.inc({ model: turn.request.model, reason: 'contents_missing' });
      return { result, servedVersion: version.versionId, fellBack };
    } catch (error) {
      if (!fallback || isCancelled(error) || isOverloaded(error)) throw this.failed(turn, { error, servedVersion: version.versionId, fellBack });
      this.fallbacks.inc({ model: turn.request.model, reason: error instanceof ProviderError ? error.code : 'unknown' });
    }
    try {
      return { result: await attempt(fallback, undefined), servedVersion: fallback.versionId, fellBack: true };
    } catch (error) {
      throw this.failed(turn, { error, servedVersion: fallback.versionId, fellBack: true });
    }
  }

  private failed(turn: ChatTurn, { error, servedVersion, fellBack }: { error: unknown; servedVersion: string; fellBack: boolean }): TurnFailedError {
    const failure = failureOf(error);
    if (isOverloaded(error)) {
      this.overloads.inc({ provider: error.provider });
      // Nobody was asked, so there is nothing to tell of any version; after a fallback the assigned one has failed before.
      if (!fellBack) return new TurnFailedError(failure, servedVersion, { cause: error });
    }
    const end: Pick<TurnEnd, 'output' | 'error'> = isCancelled(error)
      ? { output: { content: '', finishReason: 'cancelled' } }
      : { output: null, error: { type: failure.code, message: failure.message } };
    this.record(turn, { servedVersion, fellBack, latencyMs: performance.now() - turn.startedMs, ...end });
    return new TurnFailedError(failure, servedVersion, { cause: error });
  }

  private record(turn: ChatTurn, end: TurnEnd): void {
    const event = interactionOf(turn, end);
    const span = createSpan(this.tracing, turn, event);
    this.options.record(span ? { ...event, traceparent: span.traceparent } : event);
    span?.end();
  }
}

const versionRequest = ({ request }: ChatTurn, { versionId, bundle }: VersionPublished, span: TraceSpan | undefined) => ({
  versionId,
  bundle,
  messages: request.messages,
  seed: request.seed,
  parameters: request.parameters,
  traceparent: span?.traceparent,
});

const endOf = ({ content, finishReason, latencyMs, usage, costUsd, attributes }: VersionCompletion) => ({
  output: { content, finishReason },
  latencyMs,
  ...(usage && { usage }),
  ...(costUsd !== undefined && { costUsd }),
  attributes,
});
