import type { TokenUsage } from '@ratchet/providers';

/** US dollars per million tokens, as providers print it. */
export interface TokenPrice {
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
}

/** A rule of thumb for English in today's vocabularies; other scripts have fewer characters to a token. */
const CHARS_PER_TOKEN = 4;

export const costOf = ({ inputTokens, outputTokens }: TokenUsage, { inputUsdPerMillion, outputUsdPerMillion }: TokenPrice): number =>
  (inputTokens * inputUsdPerMillion + outputTokens * outputUsdPerMillion) / 1_000_000;

/** Tokens of texts that nobody counted. */
export const estimateUsage = ({ inputChars, outputChars }: { readonly inputChars: number; readonly outputChars: number }): TokenUsage => ({
  inputTokens: Math.ceil(inputChars / CHARS_PER_TOKEN),
  outputTokens: Math.ceil(outputChars / CHARS_PER_TOKEN),
});
