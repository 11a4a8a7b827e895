import { connect as connectPlain, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { RatchetError } from '@ratchet/observability';
import type { KafkaSecurity, TlsSettings } from './security-settings.js';

const WITHIN_MS = 4_000;
const CORRELATION_ID = 1;

/** ApiVersions (key 18, version 0), which a broker answers before anybody has said who they are: size, key, version, correlation id, no client id. */
const apiVersionsRequest = (): Buffer => {
  const request = Buffer.alloc(14);
  request.writeInt32BE(10, 0);
  request.writeInt16BE(18, 4);
  request.writeInt16BE(0, 6);
  request.writeInt32BE(CORRELATION_ID, 8);
  request.writeInt16BE(-1, 12);
  return request;
};

/** What one broker's door says: it speaks as we do, nobody is there (for now), or what is wrong and must be set. */
type Finding = { readonly kind: 'answers' } | { readonly kind: 'away' } | { readonly kind: 'mismatch'; readonly message: string };

const ANSWERS: Finding = { kind: 'answers' };
const AWAY: Finding = { kind: 'away' };
const mismatch = (message: string): Finding => ({ kind: 'mismatch', message });

const untrusted = new Set(['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE', 'CERT_UNTRUSTED']);

/** Only what waiting does not cure; anything else is left to the client, which tries again. */
const ofTlsError = ({ code = '' }: NodeJS.ErrnoException, tls: TlsSettings): Finding => {
  if (untrusted.has(code)) return mismatch(`the broker's certificate is not signed by an authority that is trusted here (${code}): set KAFKA_SSL_CA to the PEM file of the authority that signed it`);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return mismatch("the broker's certificate is for another host name: name the brokers in KAFKA_BROKERS, and in their advertised.listeners, as their certificates do");
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return mismatch(`the broker's certificate is not valid today (${code}): renew it, or set this machine's clock`);
  if (/ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNKNOWN_CA|HANDSHAKE_FAILURE|CERTIFICATE_EXPIRED)/.test(code)) {
    return mismatch(tls.cert === undefined ? `the broker asks for a client certificate (${code}): set KAFKA_SSL_CERT and KAFKA_SSL_KEY` : `the broker does not accept the certificate of KAFKA_SSL_CERT (${code}): it must be signed by an authority of the broker's truststore`);
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') return mismatch('the broker does not speak TLS here: set KAFKA_SSL=false, or name its TLS port in KAFKA_BROKERS');
  return AWAY;
};

const ofAnswer = (bytes: Buffer): Finding | undefined => {
  // A TLS alert (type 21, version 3.x): what a TLS port says to somebody who does not begin with a handshake.
  if (bytes[0] === 0x15 && bytes[1] === 0x03) return mismatch('the broker speaks TLS here: set KAFKA_SSL=true, or name its plain port in KAFKA_BROKERS');
  return bytes.length >= 8 ? (bytes.readInt32BE(4) === CORRELATION_ID ? ANSWERS : AWAY) : undefined;
};

const splitAddress = (address: string): { host: string; port: number } => {
  const cut = address.lastIndexOf(':');
  return { host: address.slice(0, cut).replace(/^\[|\]$/g, ''), port: Number(address.slice(cut + 1)) };
};

const probe = (address: string, ssl: boolean | TlsSettings): Promise<Finding> =>
  new Promise((resolve) => {
    const { host, port } = splitAddress(address);
    const tls = ssl === true ? {} : ssl;
    const socket: Socket = tls ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...tls }) : connectPlain({ host, port });
    const timer = setTimeout(() => end(AWAY), WITHIN_MS);
    let received = Buffer.alloc(0);
    let connected = false;
    const end = (finding: Finding): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(finding);
    };
    // Over TLS, `connect` tells of the TCP connection, and `secureConnect` of the handshake.
    socket.once('connect', () => (connected = true));
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(apiVersionsRequest()));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const finding = ofAnswer(received);
      if (finding) end(finding);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const cutInHandshake = tls && connected && error.code === 'ECONNRESET';
      end(cutInHandshake ? mismatch('the broker ends the TLS handshake: if it does not speak TLS here, set KAFKA_SSL=false or name its TLS port in KAFKA_BROKERS; if it wants a client certificate, set KAFKA_SSL_CERT and KAFKA_SSL_KEY') : tls ? ofTlsError(error, tls) : AWAY);
    });
    socket.once('close', () => end(AWAY));
  });

/**
 * Asks each broker for a sign that both sides speak alike: TLS or not, trust, client certificate. A broker that is away says nothing
 * against it, and one that answers is enough. Resolves with whether one has answered.
 *
 * @throws {RatchetError} `kafka_tls`, with what to set, where waiting would not help
 */
export const checkBrokers = async ({ brokers, ssl = false }: { readonly brokers: readonly string[]; readonly ssl?: KafkaSecurity['ssl'] }): Promise<boolean> => {
  const findings = await Promise.all(brokers.map((address) => probe(address, ssl)));
  if (findings.some(({ kind }) => kind === 'answers')) return true;
  const wrong = findings.findIndex(({ kind }) => kind === 'mismatch');
  const finding = findings[wrong];
  if (finding?.kind === 'mismatch') throw new RatchetError({ code: 'kafka_tls', message: `Kafka at ${brokers[wrong]}: ${finding.message}`, context: { broker: brokers[wrong] } });
  return false;
};
