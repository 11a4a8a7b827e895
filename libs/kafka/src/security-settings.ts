import { accessSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createSecureContext } from 'node:tls';
import { RatchetError } from '@ratchet/observability';
import { clientCredentialsTokens } from './oauth-token.js';
import type { OAuthToken, TokenProvider } from './oauth-token.js';

/** The mechanisms that a client may speak, as `KAFKA_SASL_MECHANISM` names them. */
export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;

/** The environment's part that says how to speak to a secured Kafka. */
export interface KafkaSecurityEnv {
  readonly KAFKA_SSL?: boolean | undefined;
  readonly KAFKA_SSL_CA?: string | undefined;
  readonly KAFKA_SSL_CERT?: string | undefined;
  readonly KAFKA_SSL_KEY?: string | undefined;
  readonly KAFKA_SASL_MECHANISM?: string | undefined;
  readonly KAFKA_SASL_USERNAME?: string | undefined;
  readonly KAFKA_SASL_PASSWORD?: string | undefined;
  readonly KAFKA_SASL_PASSWORD_FILE?: string | undefined;
  readonly KAFKA_SASL_OAUTH_TOKEN_ENDPOINT?: string | undefined;
  readonly KAFKA_SASL_OAUTH_CLIENT_ID?: string | undefined;
  readonly KAFKA_SASL_OAUTH_CLIENT_SECRET?: string | undefined;
  readonly KAFKA_SASL_OAUTH_CLIENT_SECRET_FILE?: string | undefined;
  readonly KAFKA_SASL_OAUTH_SCOPE?: string | undefined;
  readonly KAFKA_SASL_OAUTH_PROVIDER?: string | undefined;
}

/** PEM texts; without `ca` the authorities that Node trusts count. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export type SaslSettings =
  | { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; /** Asked at each connection, so that a mounted secret may change. */ readonly password: () => string }
  | { readonly mechanism: 'oauthbearer'; readonly token: TokenProvider };

export interface KafkaSecurity {
  readonly ssl: boolean | TlsSettings;
  readonly sasl?: SaslSettings;
}

export interface SecurityProblem {
  readonly variable: keyof KafkaSecurityEnv;
  readonly message: string;
}

type Variable = keyof KafkaSecurityEnv;

const passwordVariables = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD', 'KAFKA_SASL_PASSWORD_FILE'] as const;
const endpointVariables = ['KAFKA_SASL_OAUTH_CLIENT_ID', 'KAFKA_SASL_OAUTH_CLIENT_SECRET', 'KAFKA_SASL_OAUTH_CLIENT_SECRET_FILE', 'KAFKA_SASL_OAUTH_SCOPE'] as const;
const oauthVariables = ['KAFKA_SASL_OAUTH_TOKEN_ENDPOINT', 'KAFKA_SASL_OAUTH_PROVIDER', ...endpointVariables] as const;

/** What does not go together, with what to set instead; never a value. Empty where all is well. */
export const securityProblems = (env: KafkaSecurityEnv): SecurityProblem[] => {
  const problems: SecurityProblem[] = [];
  const refuse = (variable: Variable, message: string): void => void problems.push({ variable, message });
  const refuseEach = (variables: readonly Variable[], message: string): void => variables.filter((name) => env[name] !== undefined).forEach((name) => refuse(name, message));
  const oneOf = (first: Variable, second: Variable, what: string): void => {
    if (env[first] === undefined && env[second] === undefined) refuse(first, `is missing: set ${first} or ${second} ${what}`);
    if (env[first] !== undefined && env[second] !== undefined) refuse(second, `set ${first} or ${second}, not both`);
  };

  if (!env.KAFKA_SSL) refuseEach(['KAFKA_SSL_CA', 'KAFKA_SSL_CERT', 'KAFKA_SSL_KEY'], 'is for TLS: set KAFKA_SSL=true, too');
  if (env.KAFKA_SSL_CERT !== undefined && env.KAFKA_SSL_KEY === undefined) refuse('KAFKA_SSL_KEY', 'is missing: a client certificate needs KAFKA_SSL_CERT and KAFKA_SSL_KEY');
  if (env.KAFKA_SSL_KEY !== undefined && env.KAFKA_SSL_CERT === undefined) refuse('KAFKA_SSL_CERT', 'is missing: a client certificate needs KAFKA_SSL_CERT and KAFKA_SSL_KEY');

  const mechanism = env.KAFKA_SASL_MECHANISM;
  if (mechanism === undefined) {
    refuseEach([...passwordVariables, ...oauthVariables], `is for SASL: set KAFKA_SASL_MECHANISM (${saslMechanisms.join(', ')}), too`);
  } else if (!(saslMechanisms as readonly string[]).includes(mechanism)) {
    refuse('KAFKA_SASL_MECHANISM', `must be one of ${saslMechanisms.join(', ')}`);
  } else if (mechanism === 'oauthbearer') {
    refuseEach(passwordVariables, 'is for plain and scram: oauthbearer takes KAFKA_SASL_OAUTH_TOKEN_ENDPOINT or KAFKA_SASL_OAUTH_PROVIDER');
    oneOf('KAFKA_SASL_OAUTH_TOKEN_ENDPOINT', 'KAFKA_SASL_OAUTH_PROVIDER', 'for KAFKA_SASL_MECHANISM=oauthbearer');
    if (env.KAFKA_SASL_OAUTH_TOKEN_ENDPOINT !== undefined) {
      if (!isHttpUrl(env.KAFKA_SASL_OAUTH_TOKEN_ENDPOINT)) refuse('KAFKA_SASL_OAUTH_TOKEN_ENDPOINT', 'must be a URL that begins with https:// or http://');
      if (env.KAFKA_SASL_OAUTH_CLIENT_ID === undefined) refuse('KAFKA_SASL_OAUTH_CLIENT_ID', 'is missing: KAFKA_SASL_OAUTH_TOKEN_ENDPOINT gives tokens to a client id and its secret');
      oneOf('KAFKA_SASL_OAUTH_CLIENT_SECRET', 'KAFKA_SASL_OAUTH_CLIENT_SECRET_FILE', 'for KAFKA_SASL_OAUTH_TOKEN_ENDPOINT');
    } else refuseEach(endpointVariables, 'is for KAFKA_SASL_OAUTH_TOKEN_ENDPOINT');
  } else {
    refuseEach(oauthVariables, 'is for KAFKA_SASL_MECHANISM=oauthbearer');
    if (env.KAFKA_SASL_USERNAME === undefined) refuse('KAFKA_SASL_USERNAME', `is missing: KAFKA_SASL_MECHANISM=${mechanism} needs it`);
    oneOf('KAFKA_SASL_PASSWORD', 'KAFKA_SASL_PASSWORD_FILE', `for KAFKA_SASL_MECHANISM=${mechanism}`);
  }
  return problems;
};

/**
 * The client's settings, with files read.
 *
 * @throws {RatchetError} `bad_configuration`, naming each bad variable with its rule and never its value
 */
export const securityOf = (env: KafkaSecurityEnv): KafkaSecurity => {
  const problems = securityProblems(env);
  if (problems.length > 0) throw badConfiguration(problems.map(({ variable, message }) => `${variable}: ${message}`).join('\n  '));
  return { ssl: env.KAFKA_SSL === true ? tlsOf(env) : false, ...(env.KAFKA_SASL_MECHANISM !== undefined && { sasl: saslOf(env) }) };
};

const badConfiguration = (message: string, cause?: unknown): RatchetError => new RatchetError({ code: 'bad_configuration', message, cause });

const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const readSetting = (env: KafkaSecurityEnv, variable: Variable): string => {
  try {
    return readFileSync(String(env[variable]), 'utf8');
  } catch (error) {
    throw badConfiguration(`${variable}: the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
};

const tlsOf = (env: KafkaSecurityEnv): TlsSettings => {
  const tls: Record<'ca' | 'cert' | 'key', string | undefined> = { ca: undefined, cert: undefined, key: undefined };
  for (const [field, variable] of [['ca', 'KAFKA_SSL_CA'], ['cert', 'KAFKA_SSL_CERT'], ['key', 'KAFKA_SSL_KEY']] as const) {
    if (env[variable] === undefined) continue;
    tls[field] = readSetting(env, variable);
    if (!tls[field].includes('-----BEGIN')) throw badConfiguration(`${variable}: the file must be PEM, with a -----BEGIN line`);
  }
  try {
    createSecureContext(tls);
  } catch (error) {
    throw badConfiguration(`KAFKA_SSL_CA, KAFKA_SSL_CERT, KAFKA_SSL_KEY: the files are not usable together (${(error as { code?: string }).code ?? 'unknown'}): the key must be that of the certificate, without a passphrase`);
  }
  return Object.fromEntries(Object.entries(tls).filter(([, pem]) => pem !== undefined));
};

/** From the variable, or from the file that `<variable>_FILE` names, read at each call: a mounted secret may change. */
const secretOf = (env: KafkaSecurityEnv, variable: 'KAFKA_SASL_PASSWORD' | 'KAFKA_SASL_OAUTH_CLIENT_SECRET'): (() => string) => {
  const value = env[variable];
  if (value !== undefined) return () => value;
  // Editors and `kubectl create secret --from-file` leave a line end that is no part of the secret.
  const read = (): string => readSetting(env, `${variable}_FILE`).replace(/\r?\n$/, '');
  if (read() === '') throw badConfiguration(`${variable}_FILE: the file is empty`);
  return read;
};

const saslOf = (env: KafkaSecurityEnv): SaslSettings => {
  const mechanism = env.KAFKA_SASL_MECHANISM as SaslSettings['mechanism'];
  if (mechanism !== 'oauthbearer') return { mechanism, username: env.KAFKA_SASL_USERNAME ?? '', password: secretOf(env, 'KAFKA_SASL_PASSWORD') };
  if (env.KAFKA_SASL_OAUTH_PROVIDER !== undefined) return { mechanism, token: providedTokens(env.KAFKA_SASL_OAUTH_PROVIDER) };
  const token = clientCredentialsTokens({
    tokenEndpoint: env.KAFKA_SASL_OAUTH_TOKEN_ENDPOINT ?? '',
    clientId: env.KAFKA_SASL_OAUTH_CLIENT_ID ?? '',
    clientSecret: secretOf(env, 'KAFKA_SASL_OAUTH_CLIENT_SECRET'),
    scope: env.KAFKA_SASL_OAUTH_SCOPE,
  });
  return { mechanism, token };
};

/** The default export of a module of the operator's own; it caches its tokens by itself. */
const providedTokens = (path: string): TokenProvider => {
  const variable = 'KAFKA_SASL_OAUTH_PROVIDER';
  try {
    accessSync(path);
  } catch {
    throw badConfiguration(`${variable}: the module cannot be read`);
  }
  return async () => {
    const { default: provide } = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
    if (typeof provide !== 'function') throw badConfiguration(`${variable}: the module's default export must be a function that gives {value}`);
    const token: unknown = await provide();
    if (typeof (token as OAuthToken | undefined)?.value !== 'string') throw badConfiguration(`${variable}: the module's function must give {value} with a token as text`);
    return { value: (token as OAuthToken).value };
  };
};
