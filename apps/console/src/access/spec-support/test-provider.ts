import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the provider knows of a person. */
export interface Person {
  readonly email: string;
  readonly groups: readonly string[];
}

export interface TestProvider {
  readonly issuer: string;
  /** By account; who signs in is `current`. */
  readonly people: Map<string, Person>;
  current: string;
  stop(): Promise<void>;
}

interface OidcProvider {
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
  interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<{ prompt: { name: string }; params: { client_id: string; scope: string } }>;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object, options: object): Promise<void>;
  Grant: new (facts: { accountId: string; clientId: string }) => { addOIDCScope(scope: string): void; save(): Promise<string> };
}

/** A real OpenID Connect provider, whose sign-in page takes whoever is `current` without asking. */
export const startTestProvider = async ({ clientId, clientSecret, redirectUrl }: { clientId: string; clientSecret: string; redirectUrl: string }): Promise<TestProvider> => {
  // It comes without types.
  const { default: Provider } = (await import('oidc-provider' as string)) as { default: new (issuer: string, settings: object) => OidcProvider };
  const people = new Map<string, Person>();
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUrl], grant_types: ['authorization_code'], response_types: ['code'] }],
    claims: { openid: ['sub'], email: ['email'], groups: ['groups'] },
    scopes: ['openid', 'email', 'groups'],
    cookies: { keys: ['test'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: async () => ({ sub: accountId, ...people.get(accountId) }) }),
  });
  const running: TestProvider = {
    issuer,
    people,
    current: '',
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const finish = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { params } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId: running.current, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    await provider.interactionFinished(request, response, { login: { accountId: running.current, remember: false }, consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: false });
  };
  const answer = provider.callback();
  handle = (request, response) => (request.url?.startsWith('/interaction/') ? void finish(request, response).catch((error: unknown) => response.writeHead(500).end(String(error))) : answer(request, response));
  return running;
};

/** Goes where a browser would be sent, with the provider's cookies, until it is sent back; returns the last address. */
export const walkThrough = async (from: string, back: string): Promise<URL> => {
  const cookies = new Map<string, string>();
  let url = from;
  for (let steps = 0; steps < 10 && !url.startsWith(back); steps += 1) {
    const response = await fetch(url, { redirect: 'manual', headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`the provider stopped with ${response.status}: ${(await response.text()).slice(0, 500)}`);
    url = new URL(location, url).href;
  }
  return new URL(url);
};
