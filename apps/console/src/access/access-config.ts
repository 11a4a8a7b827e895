import { jsonVariable } from '@ratchet/service';
import { roleSchema } from '@ratchet/console-api';
import { z } from 'zod';

const count = (least: number, most: number, usual: number) => z.coerce.number().int().min(least).max(most).default(usual);
const webAddress = z.url({ protocol: /^https?$/ });

/** What the console reads of who may use it. */
export const accessConfigFields = {
  PUBLIC_URL: webAddress.optional().describe('Where browsers reach the console, such as https://ratchet.example.com; with https its cookies are Secure. Without it: any address, over http'),
  PROXIES_IN_FRONT: count(0, 10, 0).describe('How many proxies add to X-Forwarded-For before a request is here: whose address counts for the limits. 0 takes the connection\'s'),
  HSTS_SECONDS: count(0, 63_072_000, 0).describe('max-age of Strict-Transport-Security; 0 sends none'),
  FIRST_ADMIN_TOKEN: z.string().min(32).max(500).regex(/^[\x21-\x7e]+$/, 'must be of printable ASCII without spaces').optional().describe('The token of the local user "admin"; another value takes the place of the one before. Without it, one is made and printed once where there is no admin'),
  SESSION_IDLE_MINUTES: count(1, 10_080, 480).describe('A session ends when it was not used for so long'),
  SESSION_HOURS: count(1, 720, 24).describe('A session ends so long after its sign-in, used or not'),
  SIGN_INS_PER_MINUTE: count(1, 10_000, 20).describe('Attempts to sign in that one address has'),
  REQUESTS_PER_MINUTE: count(10, 1_000_000, 1_200).describe('Requests to the API that one caller has, at each instance of the console'),
  OIDC_ISSUER: webAddress.optional().describe('OpenID Connect provider, such as https://login.example.com/realms/main; without it people sign in with tokens alone'),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional().describe('Without it the console is a public client'),
  OIDC_REDIRECT_URL: webAddress.optional().describe('As registered at the provider: the console\'s address and /api/sign-in/callback; taken from PUBLIC_URL without it'),
  OIDC_SCOPES: z.string().min(1).default('openid profile email').describe('Separated by spaces'),
  OIDC_NAME_CLAIM: z.string().min(1).default('email').describe('Claim that people are named by; their subject where they have none'),
  OIDC_ROLES_CLAIM: z.string().min(1).default('groups').describe('Claim with the values that OIDC_ROLES maps: a text, or an array of texts; dots lead into objects'),
  OIDC_ROLES: jsonVariable(z.record(z.string(), roleSchema), { example: '{"ratchet-admins": "admin", "support": "reviewer"}' })
    .prefault('{}')
    .describe('Role by value of OIDC_ROLES_CLAIM, as a JSON object; the highest counts, and who has none is refused'),
};

interface OidcSettings {
  readonly PUBLIC_URL?: string | undefined;
  readonly OIDC_ISSUER?: string | undefined;
  readonly OIDC_CLIENT_ID?: string | undefined;
  readonly OIDC_REDIRECT_URL?: string | undefined;
}

/** What a sign-in provider needs beside its address; none where there is no provider. */
export const accessProblems = ({ PUBLIC_URL, OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_REDIRECT_URL }: OidcSettings): readonly { readonly variable: string; readonly message: string }[] => {
  if (OIDC_ISSUER === undefined) return [];
  return [
    ...(OIDC_CLIENT_ID === undefined ? [{ variable: 'OIDC_CLIENT_ID', message: 'is missing; OIDC_ISSUER needs it' }] : []),
    ...(OIDC_REDIRECT_URL === undefined && PUBLIC_URL === undefined ? [{ variable: 'OIDC_REDIRECT_URL', message: 'is missing; set it, or PUBLIC_URL' }] : []),
  ];
};
