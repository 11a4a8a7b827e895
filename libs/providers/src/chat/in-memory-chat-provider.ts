import { ProviderError, type ProviderErrorCode } from '../call/provider-error.js';
import type { ChatAnswer, ChatPiece, ChatProvider, ChatRequest } from './chat-provider.js';

/** An answer, or the code of the failure that the provider is to show. */
export type ScriptedAnswer = string | Partial<ChatAnswer> | { readonly failure: ProviderErrorCode };

/** The twin of a chat provider for tests: it answers by a function and keeps the requests it saw. */
export class InMemoryChatProvider implements ChatProvider {
  readonly name: string;
  readonly requests: ChatRequest[] = [];
  private readonly answer: (request: ChatRequest) => ScriptedAnswer | Promise<ScriptedAnswer>;

  constructor({ name, answer }: { name: string; answer: (request: ChatRequest) => ScriptedAnswer | Promise<ScriptedAnswer> }) {
    this.name = name;
    this.answer = answer;
  }

  async complete(request: ChatRequest): Promise<ChatAnswer> {
    const cancelled = (): ProviderError => new ProviderError({ code: 'cancelled', provider: this.name, message: 'the caller cancelled the call' });
    if (request.signal?.aborted) throw cancelled();
    this.requests.push(request);
    const { promise: left, reject: leave } = Promise.withResolvers<never>();
    const onLeft = (): void => leave(cancelled());
    request.signal?.addEventListener('abort', onLeft, { once: true });
    const answer = await Promise.race([this.answer(request), left]).finally(() => request.signal?.removeEventListener('abort', onLeft));
    if (typeof answer === 'object' && 'failure' in answer) throw new ProviderError({ code: answer.failure, provider: this.name, message: 'scripted failure' });
    return { content: '', finishReason: 'stop', ...(typeof answer === 'string' ? { content: answer } : answer) };
  }

  /** One piece a word. */
  async *stream(request: ChatRequest): AsyncGenerator<ChatPiece, void, undefined> {
    const answer = await this.complete(request);
    for (const delta of answer.content.match(/\S+\s*/gu) ?? []) yield { delta };
    yield { answer };
  }

  async close(): Promise<void> {}
}
