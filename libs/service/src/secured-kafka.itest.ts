// Goal: the settings of a service reach a secured Kafka, and say what is wrong where they do not. Method: a broker of its own with TLS and
// SASL doors; every way in is used for a real write, read and transaction, from the environment's variables on.
import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopicOf, topics } from '@ratchet/contracts';
import { BatchConsumer, checkBrokers, createKafka, ensureTopics, EventProducer, securityOf } from '@ratchet/kafka';
import type { KafkaClient, KafkaSettings } from '@ratchet/kafka';
import { startSecuredKafka } from '@ratchet/local-stack';
import type { SecuredKafka } from '@ratchet/local-stack';
import { Logger } from '@ratchet/observability';
import { eventually, startTestProcess } from '@ratchet/testing';
import { baseConfigSchema, loadEnv } from './config.js';

const logger = Logger.silent();
const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ratchet-secured-'));
const user = { name: 'ratchet', password: 'three-words-long' };
const client = { id: 'ratchet-services', secret: 'not: easy?' };
const claims = { iss: 'https://issuer.test', aud: 'kafka.test' };
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const keyId = createHash('sha256').update(keys.publicKey.export({ type: 'spki', format: 'der' })).digest('hex').slice(0, 16);
const jwksFile = file('jwks.json', JSON.stringify({ keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'RS256', use: 'sig' }] }));

const tokenFor = (lifetimeS: number, overrides: object = {}): string => {
  const issuedAt = Math.floor(Date.now() / 1_000);
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: keyId })}.${part({ ...claims, sub: user.name, scope: 'kafka', iat: issuedAt, exp: issuedAt + lifetimeS, jti: randomUUID(), ...overrides })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(keys.privateKey).toString('base64url')}`;
};

let kafka: SecuredKafka;
let tokenServer: Server;
let tokensIssued = 0;
let trust: Record<string, string>;
const passwordEnv = (mechanism: string): Record<string, string> => ({ ...trust, KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: user.name, KAFKA_SASL_PASSWORD: user.password });
const oauthEnv = (): Record<string, string> => ({
  ...trust, KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_OAUTH_TOKEN_ENDPOINT: `http://127.0.0.1:${(tokenServer.address() as AddressInfo).port}/token`,
  KAFKA_SASL_OAUTH_CLIENT_ID: client.id, KAFKA_SASL_OAUTH_CLIENT_SECRET: client.secret, KAFKA_SASL_OAUTH_SCOPE: 'kafka',
});

const startTokenServer = async (): Promise<Server> => {
  const basic = `Basic ${Buffer.from(`${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const known = request.headers.authorization === basic;
    if (known) tokensIssued += 1;
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? { access_token: tokenFor(60), token_type: 'Bearer', expires_in: 60 } : { error: 'invalid_client' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

beforeAll(async () => {
  [kafka, tokenServer] = await Promise.all([startSecuredKafka({ dataDir: join(folder, 'kafka'), user, oauth: { jwksFile, issuer: claims.iss, audience: claims.aud } }), startTokenServer()]);
  trust = { KAFKA_BROKERS: kafka.sasl, KAFKA_SSL: 'true', KAFKA_SSL_CA: kafka.certificates.ca };
});
afterAll(async () => {
  tokenServer?.close();
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const settingsOf = (env: Record<string, string>): KafkaSettings => {
  const config = loadEnv(baseConfigSchema, env);
  return { brokers: config.KAFKA_BROKERS, clientId: 'secured-itest', ...securityOf(config) };
};

/** As a service begins: it looks at the brokers, then makes its topics. */
const begin = async (env: Record<string, string>, topic = `itest.${randomUUID()}`): Promise<{ connection: KafkaClient; topic: string }> => {
  const settings = settingsOf(env);
  await checkBrokers(settings);
  const connection = createKafka(settings, logger);
  const spec = { name: topic, key: 'k', events: [], partitions: 1, cleanup: 'delete', retentionMs: 3_600_000, timestamps: 'LogAppendTime', producers: [], consumers: [] } as const;
  await ensureTopics(connection, { catalogue: [spec], replicationFactor: 1, services: [] });
  return { connection, topic };
};

/** Writes, reads in a group, and moves the group's position in a transaction; gives what was read. */
const use = async ({ connection, topic }: { connection: KafkaClient; topic: string }): Promise<string[]> => {
  const producer = new EventProducer(connection);
  const transactional = connection.transactionalProducer(`t-${topic}`);
  const read: string[] = [];
  const consumer = new BatchConsumer({ kafka: connection, groupId: `g-${topic}`, topics: [topic], logger, fetchWaitMs: 50, fetchBytesMin: 1, onBatch: async (records) => void read.push(...records.map(({ value }) => String(value))) });
  try {
    await producer.sendRecords([{ topic, key: 'k', value: 'sent', headers: {} }]);
    await consumer.start();
    await eventually(() => expect(read).toEqual(['sent']), { withinMs: 30_000 });
    await transactional.connect();
    await transactional.commit({ records: [{ topic, key: 'k', value: 'in a transaction', headers: {} }], groupId: `g-${topic}`, positions: [{ topic, partition: 0, offset: 1n }] });
    await eventually(() => expect(read.length).toBeGreaterThanOrEqual(2), { withinMs: 30_000 });
  } finally {
    await Promise.all([consumer.stop(), transactional.disconnect(), producer.close()]);
  }
  return read;
};

const ALL = ['sent', 'in a transaction'];

describe('a secured Kafka', () => {
  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('is read and written with a password by %s', async (mechanism) => {
    expect(await use(await begin(passwordEnv(mechanism)))).toEqual(ALL);
  });

  it('is read and written with a password from a mounted file', async () => {
    const { KAFKA_SASL_PASSWORD: password, ...env } = passwordEnv('scram-sha-512');
    expect(await use(await begin({ ...env, KAFKA_SASL_PASSWORD_FILE: file('password', `${password}\n`) }))).toEqual(ALL);
  });

  it('is read and written with tokens of an endpoint, one for all connections', async () => {
    expect(await use(await begin(oauthEnv()))).toEqual(ALL);
    expect(tokensIssued).toBe(1);
  });

  it.each(['scram-sha-256', 'oauthbearer'])('is written on a connection that must say again who it is (%s)', async (mechanism) => {
    const { connection, topic } = await begin(mechanism === 'oauthbearer' ? oauthEnv() : passwordEnv(mechanism));
    const producer = new EventProducer(connection);
    for (let n = 0; n < 6; n += 1) {
      await Promise.all(['a', 'b', 'c'].map((key) => producer.sendRecords([{ topic, key, value: String(n), headers: {} }])));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await producer.close();
    const admin = connection.admin();
    await admin.connect();
    expect((await admin.bounds(topic))[0]?.high).toBe(18n);
    await admin.disconnect();
  });

  it('is read and written with tokens of a module of the operator', async () => {
    const provider = file('tokens.mjs', `export default async () => ({ value: ${JSON.stringify(tokenFor(60))} });`);
    expect(await use(await begin({ ...trust, KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_OAUTH_PROVIDER: provider }))).toEqual(ALL);
  });

  it('is read and written with a client certificate', async () => {
    const { clientCert, clientKey } = kafka.certificates;
    expect(await use(await begin({ ...trust, KAFKA_BROKERS: kafka.mutualTls, KAFKA_SSL_CERT: clientCert, KAFKA_SSL_KEY: clientKey }))).toEqual(ALL);
  });
});

describe('a start that Kafka turns away says what to set', () => {
  const refusal = async (env: Record<string, string>): Promise<{ code: string; message: string }> => {
    const error: unknown = await begin(env).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    const { code, message } = error as Error & { code: string };
    expect(`${message} ${(error as Error).stack}`).not.toMatch(/three-words|wrong-words|not: easy/);
    return { code, message };
  };

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('for a wrong password (%s)', async (mechanism) => {
    const { code, message } = await refusal({ ...passwordEnv(mechanism), KAFKA_SASL_PASSWORD: 'wrong-words' });
    expect([code, message]).toEqual(['kafka_authentication', expect.stringContaining('check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD')]);
  });

  it('for an authority that did not sign the certificate', async () => {
    const { code, message } = await refusal({ ...passwordEnv('plain'), KAFKA_SSL_CA: kafka.certificates.otherCa });
    expect([code, message]).toEqual(['kafka_tls', expect.stringContaining('set KAFKA_SSL_CA')]);
  });

  it('for a missing client certificate', async () => {
    const { code, message } = await refusal({ ...trust, KAFKA_BROKERS: kafka.mutualTls });
    expect([code, message]).toEqual(['kafka_tls', expect.stringContaining('set KAFKA_SSL_CERT and KAFKA_SSL_KEY')]);
  });

  it('for TLS where none is spoken, and none where TLS is', async () => {
    expect(await refusal({ ...trust, KAFKA_BROKERS: kafka.plain })).toMatchObject({ code: 'kafka_tls', message: expect.stringContaining('KAFKA_SSL=false') });
    expect(await refusal({ KAFKA_BROKERS: kafka.sasl })).toMatchObject({ code: 'kafka_tls', message: expect.stringContaining('set KAFKA_SSL=true') });
  });

  it('for a client that the token endpoint does not know, and a token that Kafka does not take', async () => {
    expect(await refusal({ ...oauthEnv(), KAFKA_SASL_OAUTH_CLIENT_SECRET: 'wrong-words' })).toMatchObject({ code: 'oauth_token_refused', message: expect.stringContaining('(401, invalid_client)') });
    const provider = file('foreign.mjs', `export default async () => ({ value: ${JSON.stringify(tokenFor(60, { aud: 'elsewhere' }))} });`);
    expect(await refusal({ ...trust, KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_OAUTH_PROVIDER: provider })).toMatchObject({ code: 'kafka_authentication', message: expect.stringContaining('audience') });
  });
});

describe('over SASL_SSL', () => {
  const interactions = topics.interactions.name;
  const deadLetters = deadLetterTopicOf(interactions, 'signal-detector');

  it('the signal-detector sets a broken event aside in a transaction, and the command line lists it', async () => {
    const env = { ...passwordEnv('scram-sha-512'), HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', FETCH_WAIT_MS: '20', FETCH_BYTES_MIN: '1' };
    const service = startTestProcess({ script: join(root, 'apps/signal-detector/dist/main.js'), env });
    try {
      await service.said(/partition assigned/, 60_000);
      const { connection } = await begin(env);
      const producer = new EventProducer(connection);
      await producer.sendRecords([{ topic: interactions, key: 'k', value: '{"half":', headers: {} }]);
      await producer.close();
      const admin = connection.admin();
      await admin.connect();
      await eventually(async () => expect(Number((await admin.bounds(deadLetters))[0]?.high)).toBeGreaterThan(0), { withinMs: 30_000 });
      await admin.disconnect();
      const list = startTestProcess({ script: join(root, 'apps/cli/dist/main.js'), args: ['dlq', 'list'], env });
      expect(await list.ended()).toBe(0);
      expect(list.output()).toMatch(/ratchet\.interactions\.v1.*signal-detector/);
      expect(service.output()).not.toContain(user.password);
    } finally {
      await service.end('SIGTERM');
    }
  });

  it('a service with the wrong password ends, and its log says what to set and not what was set', async () => {
    const service = startTestProcess({ script: join(root, 'apps/signal-detector/dist/main.js'), env: { ...passwordEnv('scram-sha-256'), KAFKA_SASL_PASSWORD: 'wrong-words', HTTP_PORT: '0' } });
    expect(await service.ended()).toBe(1);
    expect(service.output()).toMatch(/Kafka refuses the user: check KAFKA_SASL_MECHANISM/);
    expect(service.output()).not.toContain('wrong-words');
  });
});
