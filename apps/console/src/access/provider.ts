import { Inject, Injectable } from '@nestjs/common';
import { type Role, roles } from '@ratchet/console-api';
import { CONFIG } from '@ratchet/service';
import * as client from 'openid-client';
import type { Config } from '../config.js';
import type { ProvidedUser } from './people.repository.js';

/** What stands between going to the provider and coming back; kept in a cookie of the browser that went. */
export interface Journey {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** The page that was asked for. */
  readonly to: string;
}

type Claims = Readonly<Record<string, unknown>>;

const textsOf = (value: unknown): string[] => [value].flat().filter((one): one is string => typeof one === 'string');

/** A claim by its name, or by a path of names with dots between them. */
export const claimOf = (claims: Claims, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : name.split('.').reduce<unknown>((inside, part) => (typeof inside === 'object' && inside !== null && Object.hasOwn(inside, part) ? (inside as Claims)[part] : undefined), claims);

/** The highest role that a claim's values give; null where none gives one. */
export const roleOf = (value: unknown, map: Readonly<Record<string, Role>>): Role | null => {
  const given = textsOf(value).flatMap((one) => (Object.hasOwn(map, one) ? [map[one]] : []));
  return roles.toReversed().find((role) => given.includes(role)) ?? null;
};

const NAME_LENGTH_MAX = 200;
const plain = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim().slice(0, NAME_LENGTH_MAX);

/** An OpenID Connect provider, by the authorization code flow with PKCE, state and nonce. */
@Injectable()
export class Provider {
  private known: Promise<client.Configuration> | undefined;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  get host(): string | null {
    return this.config.OIDC_ISSUER === undefined ? null : new URL(this.config.OIDC_ISSUER).host;
  }

  /** Where to send the browser, and what it must bring back. */
  async leave(to: string): Promise<{ url: URL; journey: Journey }> {
    const configuration = await this.configuration();
    const journey: Journey = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier(), to };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirectUrl,
      scope: this.config.OIDC_SCOPES,
      state: journey.state,
      nonce: journey.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(journey.verifier),
      code_challenge_method: 'S256',
    });
    return { url, journey };
  }

  /** Whom the provider tells of; throws where its answer does not belong to the journey, or is not its own. */
  async arrive(query: string, { state, nonce, verifier }: Journey): Promise<ProvidedUser> {
    const configuration = await this.configuration();
    const url = new URL(this.redirectUrl);
    url.search = query;
    const tokens = await client.authorizationCodeGrant(configuration, url, { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true });
    const inToken = tokens.claims();
    if (!inToken) throw new Error('the provider sent no ID token');
    // Many providers tell of groups and addresses at the user endpoint alone.
    const asked = configuration.serverMetadata().userinfo_endpoint === undefined ? {} : await client.fetchUserInfo(configuration, tokens.access_token, inToken.sub);
    const claims: Claims = { ...asked, ...inToken };
    const [name = inToken.sub] = textsOf(claimOf(claims, this.config.OIDC_NAME_CLAIM));
    return { issuer: inToken.iss, subject: inToken.sub, name: plain(name) || inToken.sub, role: roleOf(claimOf(claims, this.config.OIDC_ROLES_CLAIM), this.config.OIDC_ROLES) };
  }

  private get redirectUrl(): string {
    const { OIDC_REDIRECT_URL, PUBLIC_URL } = this.config;
    return OIDC_REDIRECT_URL ?? new URL('/api/sign-in/callback', PUBLIC_URL).href;
  }

  /** What the provider says of itself, read once; after a failure it is asked again. */
  private configuration(): Promise<client.Configuration> {
    const { OIDC_ISSUER = '', OIDC_CLIENT_ID = '', OIDC_CLIENT_SECRET } = this.config;
    const issuer = new URL(OIDC_ISSUER);
    const options = issuer.protocol === 'http:' ? { execute: [client.allowInsecureRequests] } : {};
    const authentication = OIDC_CLIENT_SECRET === undefined ? client.None() : client.ClientSecretBasic(OIDC_CLIENT_SECRET);
    this.known ??= client.discovery(issuer, OIDC_CLIENT_ID, undefined, authentication, options).catch((error: unknown) => {
      this.known = undefined;
      throw error;
    });
    return this.known;
  }
}
