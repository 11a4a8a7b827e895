import kafkajs from 'kafkajs';
import type { AuthenticationProviderArgs, Authenticator } from 'kafkajs';
import type { TokenProvider } from './oauth-token.js';

const SEPARATOR = '\u0001';

/** SASL messages of the client travel behind their length. */
const withLength = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length, 0);
  return Buffer.concat([length, bytes]);
};

/** The client's first message (RFC 7628, 3.1). */
export const initialResponse = (token: string): Buffer => withLength(`n,,${SEPARATOR}auth=Bearer ${token}${SEPARATOR}${SEPARATOR}`);

/** What a server says instead of nothing: it does not take the token (RFC 7628, 3.2.2). Only the status may be repeated in a log. */
const statusOf = (challenge: string): string => {
  try {
    const { status } = JSON.parse(challenge) as { status?: unknown };
    return typeof status === 'string' && /^[\w-]{1,60}$/.test(status) ? status : 'no status';
  } catch {
    return 'no status';
  }
};

/**
 * SASL OAUTHBEARER. kafkajs 2.2.4 has one of its own, which takes a refused token for an accepted one: the server's refusal comes as a
 * challenge, not as an error, and the connection is cut later, for no reason that could be seen.
 */
export const oauthAuthenticator =
  (token: TokenProvider) =>
  ({ saslAuthenticate }: AuthenticationProviderArgs): Authenticator => ({
    authenticate: async () => {
      const { value } = await token();
      const challenge = await saslAuthenticate<string>({
        request: { encode: async () => initialResponse(value) },
        response: { decode: async (bytes: Buffer) => bytes, parse: (bytes: Buffer) => bytes.subarray(4).toString('utf8') },
      }).catch((error: unknown) => {
        throw refused(error instanceof Error ? error.message : 'unknown');
      });
      if (!challenge) return;
      // The server waits for this before it ends the exchange.
      await saslAuthenticate({ request: { encode: async () => withLength(SEPARATOR) } }).catch(() => undefined);
      throw refused(statusOf(challenge));
    },
  });

/** Its types leave out what its errors are made of. */
const AuthenticationError = kafkajs.KafkaJSSASLAuthenticationError as unknown as new (message: string) => Error;

const refused = (reason: string): Error => new AuthenticationError(`SASL OAUTHBEARER authentication failed: ${reason}`);
