import { RatchetError } from '@ratchet/observability';

/** A bearer token, as Kafka's OAUTHBEARER takes it. */
export interface OAuthToken {
  readonly value: string;
}

export type TokenProvider = () => Promise<OAuthToken>;

export interface ClientCredentials {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: () => string;
  readonly scope?: string | undefined;
  /** Milliseconds since 1970; `Date.now` unless given. */
  readonly now?: () => number;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** Of the token's life: a new one is fetched when this part, and at most a minute, is left. */
const RENEW_AT_LEFT_SHARE = 0.2;
const RENEW_AT_LEFT_MS_MAX = 60_000;
/** Where the endpoint does not say how long a token is good (RFC 6749 leaves it free). */
const LIFETIME_S = 300;

interface Issued {
  readonly token: OAuthToken;
  readonly renewAtMs: number;
}

/**
 * Tokens by OAuth 2.0's client-credentials grant (RFC 6749, 4.4), the client named in HTTP basic authentication. A token is kept
 * until shortly before its end, and connections that open together share one request.
 *
 * @throws {RatchetError} `oauth_token_refused`, with the endpoint's status and error code; retryable unless it says 400, 401 or 403
 */
export const clientCredentialsTokens = (credentials: ClientCredentials): TokenProvider => {
  const { now = Date.now } = credentials;
  let issued: Issued | undefined;
  let asking: Promise<Issued> | undefined;
  return async () => {
    if (issued && now() < issued.renewAtMs) return issued.token;
    asking ??= ask(credentials, now).finally(() => (asking = undefined));
    issued = await asking;
    return issued.token;
  };
};

const ask = async ({ tokenEndpoint, clientId, clientSecret, scope }: ClientCredentials, now: () => number): Promise<Issued> => {
  const askedAtMs = now();
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret())}`).toString('base64');
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw refused('the token endpoint does not answer: check KAFKA_SASL_OAUTH_TOKEN_ENDPOINT', { retryable: true, cause });
  });
  const body = (await response.json().catch(() => ({}))) as { access_token?: unknown; expires_in?: unknown; error?: unknown };
  if (!response.ok) {
    // The error code is one of a fixed set; the rest of the answer may repeat what was sent.
    const code = typeof body.error === 'string' && /^[\w-]{1,60}$/.test(body.error) ? `, ${body.error}` : '';
    const message = `the token endpoint refuses the client (${response.status}${code}): check KAFKA_SASL_OAUTH_CLIENT_ID, KAFKA_SASL_OAUTH_CLIENT_SECRET and KAFKA_SASL_OAUTH_SCOPE`;
    throw refused(message, { retryable: ![400, 401, 403].includes(response.status) });
  }
  if (typeof body.access_token !== 'string' || body.access_token === '') throw refused('the token endpoint answers without an access_token: check KAFKA_SASL_OAUTH_TOKEN_ENDPOINT', { retryable: false });
  const lifetimeMs = Number(body.expires_in ?? LIFETIME_S) * 1_000;
  const marginMs = Math.min(RENEW_AT_LEFT_MS_MAX, lifetimeMs * RENEW_AT_LEFT_SHARE);
  return { token: { value: body.access_token }, renewAtMs: askedAtMs + (Number.isFinite(lifetimeMs) ? lifetimeMs - marginMs : 0) };
};

const refused = (message: string, { retryable, cause }: { retryable: boolean; cause?: unknown }): RatchetError => new RatchetError({ code: 'oauth_token_refused', message, retryable, cause });
