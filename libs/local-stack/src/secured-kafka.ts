import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { startEmbeddedKafka, type KafkaExtras } from './embedded-kafka.js';
import type { KafkaDoor } from './kafka-config.js';
import { LocalStackError } from './local-stack-error.js';
import { pickPort } from './ports.js';
import { readStackEnvironment, type Env } from './stack-environment.js';
import { serviceEnvironment } from './supervised-process.js';
import { workspaceRoot } from './workspace-root.js';

const run = promisify(execFile);

/** See {@link startSecuredKafka}. */
export interface SecuredKafkaOptions {
  /** Gets the broker's data and the certificates; made if absent. */
  readonly dataDir: string;
  /** Who may come in by SASL; letters, digits and `-` only. */
  readonly user: { readonly name: string; readonly password: string };
  /** How tokens of OAUTHBEARER are checked: keys as a JWKS file, and what the claims `iss` and `aud` must be. */
  readonly oauth: { readonly jwksFile: string; readonly issuer: string; readonly audience: string };
  /** Instead of `process.env`. */
  readonly env?: Env;
  /** As in `startStack`. */
  readonly cacheDir?: string;
}

/** PEM files. */
export interface Certificates {
  /** The authority that signed the broker's certificate and the client's. */
  readonly ca: string;
  readonly brokerKeystore: string;
  readonly clientCert: string;
  readonly clientKey: string;
  /** An authority that signed nothing here. */
  readonly otherCa: string;
}

/** A broker with secured doors; each address is `host:port`. */
export interface SecuredKafka {
  /** PLAINTEXT. */
  readonly plain: string;
  /** SASL_SSL, with PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER; a session lasts 11 s. */
  readonly sasl: string;
  /** SSL, where clients must show a certificate. */
  readonly mutualTls: string;
  readonly certificates: Certificates;
  stop(): Promise<void>;
}

/**
 * Starts an embedded Kafka of its own with secured doors, for the tests of clients that come in by them. Its certificates are made
 * with `openssl`, for a day.
 *
 * @throws {LocalStackError} when `openssl`, Java or Maven is missing, or Kafka does not become ready
 */
export async function startSecuredKafka(options: SecuredKafkaOptions): Promise<SecuredKafka> {
  const { env = process.env, user, oauth } = options;
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const certificates = await makeCertificates({ folder: join(dataDir, 'certificates'), env });
  const taken = new Set<number>();
  const portOf = (): Promise<number> => pickPort({ configured: undefined, remembered: undefined, variable: 'RATCHET_KAFKA_PORT', taken });
  const sasl: KafkaDoor = { name: 'SECURE', protocol: 'SASL_SSL', port: await portOf() };
  const mutual: KafkaDoor = { name: 'MUTUAL', protocol: 'SSL', port: await portOf() };
  const kafka = await startEmbeddedKafka({
    dataDir,
    cacheDir: resolve(options.cacheDir ?? join(workspaceRoot(), '.ratchet')),
    env,
    environment: readStackEnvironment({}),
    remembered: undefined,
    taken,
    onProgress: () => undefined,
    onRecord: async () => undefined,
    extras: {
      doors: [sasl, mutual],
      settings: { ...saslSettings({ user, oauth }), ...tlsSettings(certificates) },
      scramUsers: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map((mechanism) => `${mechanism}=[name=${user.name},password=${user.password}]`),
      // Kafka reads keys only from where it was told that it may.
      jvm: [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${fileUrl(oauth.jwksFile)}`],
    },
  });
  const address = (port: number | undefined): string => `127.0.0.1:${port}`;
  return { plain: address(kafka.record?.port), sasl: address(sasl.port), mutualTls: address(mutual.port), certificates, stop: async () => kafka.stop?.() };
}

const fileUrl = (path: string): string => `file://${resolve(path)}`;
const loginModule = (name: string, options = ''): string => `org.apache.kafka.common.security.${name} required${options};`;

function saslSettings({ user, oauth }: Pick<SecuredKafkaOptions, 'user' | 'oauth'>): NonNullable<KafkaExtras['settings']> {
  const door = 'listener.name.secure';
  return {
    [`${door}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    [`${door}.plain.sasl.jaas.config`]: loginModule('plain.PlainLoginModule', ` user_${user.name}="${user.password}"`),
    [`${door}.scram-sha-256.sasl.jaas.config`]: loginModule('scram.ScramLoginModule'),
    [`${door}.scram-sha-512.sasl.jaas.config`]: loginModule('scram.ScramLoginModule'),
    [`${door}.oauthbearer.sasl.jaas.config`]: loginModule('oauthbearer.OAuthBearerLoginModule'),
    [`${door}.oauthbearer.sasl.server.callback.handler.class`]: 'org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler',
    [`${door}.sasl.oauthbearer.jwks.endpoint.url`]: fileUrl(oauth.jwksFile),
    [`${door}.sasl.oauthbearer.expected.issuer`]: oauth.issuer,
    [`${door}.sasl.oauthbearer.expected.audience`]: oauth.audience,
    // Who stays must say again who they are: clients do so ten seconds before the end, so here after a second.
    [`${door}.connections.max.reauth.ms`]: 11_000,
  };
}

function tlsSettings({ ca, brokerKeystore }: Certificates): NonNullable<KafkaExtras['settings']> {
  const stores = { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': brokerKeystore, 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': ca };
  const ofDoor = (door: string): [string, string][] => Object.entries(stores).map(([name, value]) => [`listener.name.${door}.${name}`, value]);
  return { ...Object.fromEntries([...ofDoor('secure'), ...ofDoor('mutual')]), 'listener.name.mutual.ssl.client.auth': 'required' };
}

async function makeCertificates({ folder, env }: { folder: string; env: Env }): Promise<Certificates> {
  await mkdir(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  const openssl = async (...args: string[]): Promise<string> => {
    const made = await run('openssl', args, { cwd: folder, env: serviceEnvironment(env) }).catch((cause: { stderr?: string }) => {
      throw new LocalStackError({ code: 'service_failed', message: `openssl could not make a certificate. Install openssl.\n${cause.stderr ?? ''}`, cause });
    });
    return made.stdout;
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const authority = (name: string): Promise<string> =>
    openssl('req', '-x509', ...newKey, '-days', '1', '-subj', `/CN=${name}`, '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`));
  const signed = async (name: string, names: string): Promise<void> => {
    await openssl('req', '-new', ...newKey, '-subj', `/CN=${name}`, '-keyout', file(`${name}.key`), '-out', file(`${name}.csr`));
    await writeFile(file(`${name}.ext`), `subjectAltName=${names}\n`);
    const by = ['-CA', file('authority.pem'), '-CAkey', file('authority.key'), '-CAcreateserial'];
    await openssl('x509', '-req', '-in', file(`${name}.csr`), ...by, '-days', '1', '-extfile', file(`${name}.ext`), '-out', file(`${name}.pem`));
  };
  await Promise.all([authority('authority'), authority('stranger')]);
  await signed('broker', 'IP:127.0.0.1,DNS:localhost');
  await signed('client', 'DNS:client');
  // Kafka takes a key and its certificate from one file; the key must be PKCS #8.
  const key = await openssl('pkcs8', '-topk8', '-nocrypt', '-in', file('broker.key'));
  const certificate = await openssl('x509', '-in', file('broker.pem'));
  await writeFile(file('broker-keystore.pem'), key + certificate, { mode: 0o600 });
  return { ca: file('authority.pem'), brokerKeystore: file('broker-keystore.pem'), clientCert: file('client.pem'), clientKey: file('client.key'), otherCa: file('stranger.pem') };
}
