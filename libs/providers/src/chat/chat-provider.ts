import type { Message } from '@ratchet/domain';

export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface ChatRequest {
  /** The provider's own id of the model. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly seed?: number | undefined;
  /** Further fields of OpenAI's request (`temperature`, `max_tokens`, ...), sent as they are. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** W3C trace context, sent along as a header. */
  readonly traceparent?: string | undefined;
}

export interface ChatAnswer {
  readonly content: string;
  readonly finishReason: string;
  readonly usage?: TokenUsage;
  /** Only from providers that say how sure they are, 0 to 1. */
  readonly confidence?: number;
  /** True where the provider says that it does not know. */
  readonly abstained?: boolean;
}

/** A piece of text as it comes, and at the end the whole answer. */
export type ChatPiece = { readonly delta: string } | { readonly answer: ChatAnswer };

/** Generates answers; all failures are a ProviderError. */
export interface ChatProvider {
  readonly name: string;
  complete(request: ChatRequest): Promise<ChatAnswer>;
  stream(request: ChatRequest): AsyncGenerator<ChatPiece, void, undefined>;
  close(): Promise<void>;
}
