import type { Bundle } from '@ratchet/domain';
import type { TokenUsage } from '../chat/chat-provider.js';

/** US dollars. */
export const costOf = (price: NonNullable<Bundle['price']>, { inputTokens, outputTokens }: TokenUsage): number =>
  (inputTokens * price.inputUsdPerMillionTokens + outputTokens * price.outputUsdPerMillionTokens) / 1_000_000;

export const addUsage = (one: TokenUsage | undefined, other: TokenUsage | undefined): TokenUsage | undefined =>
  one && other ? { inputTokens: one.inputTokens + other.inputTokens, outputTokens: one.outputTokens + other.outputTokens } : (one ?? other);

/** Both absent without usage, the cost without a price. */
export const spendingOf = ({ price }: Bundle, usage: TokenUsage | undefined): { usage?: TokenUsage; costUsd?: number } =>
  usage ? { usage, ...(price && { costUsd: costOf(price, usage) }) } : {};
