import type { TokenFacts } from '@ratchet/console-api';

/** Whether a token still opens anything. */
export const tokenState = ({ revokedAt, expiresAt }: Pick<TokenFacts, 'revokedAt' | 'expiresAt'>, nowMs: number): 'valid' | 'expired' | 'revoked' => {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs ? 'expired' : 'valid';
};
