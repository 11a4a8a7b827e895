import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clientCredentialsTokens } from './oauth-token.js';
import type { TokenProvider } from './oauth-token.js';

let server: Server;
let asked: { body: string; authorization: string | undefined }[];
let answer: (request: number, response: ServerResponse) => void;
let nowMs: number;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
};

beforeEach(async () => {
  asked = [];
  nowMs = 1_000_000;
  answer = (request, response) => response.end(JSON.stringify({ access_token: `token-${request}`, expires_in: 600 }));
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => answer(asked.push({ body, authorization: request.headers.authorization }), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const tokens = (clientSecret = () => 'p:w'): TokenProvider =>
  clientCredentialsTokens({ tokenEndpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, clientId: 'me', clientSecret, scope: 'kafka all', now: () => nowMs });

describe('clientCredentialsTokens', () => {
  it('asks with the client in basic authentication and the grant as a form', async () => {
    await tokens()();
    expect(asked).toEqual([{ body: 'grant_type=client_credentials&scope=kafka+all', authorization: `Basic ${Buffer.from('me:p%3Aw').toString('base64')}` }]);
  });

  it('keeps a token until a minute before its end, and then takes a new one', async () => {
    const token = tokens();
    expect(await token()).toEqual({ value: 'token-1' });
    nowMs += 539_000;
    expect(await token()).toEqual({ value: 'token-1' });
    nowMs += 2_000;
    expect(await token()).toEqual({ value: 'token-2' });
  });

  it('asks once for connections that open together', async () => {
    const token = tokens();
    expect(await Promise.all([token(), token(), token()])).toEqual([{ value: 'token-1' }, { value: 'token-1' }, { value: 'token-1' }]);
    expect(asked).toHaveLength(1);
  });

  it('takes a secret that has changed, and a refusal does not stay', async () => {
    let secret = 'old';
    const token = tokens(() => secret);
    answer = (_, response) => response.writeHead(401).end(JSON.stringify({ error: 'invalid_client', error_description: 'old is wrong' }));
    await expect(token()).rejects.toMatchObject({ code: 'oauth_token_refused', retryable: false, message: expect.stringMatching(/\(401, invalid_client\)(?!.*old is wrong)/) });
    secret = 'new';
    answer = (request, response) => response.end(JSON.stringify({ access_token: `token-${request}` }));
    expect(await token()).toEqual({ value: 'token-2' });
    expect(asked.at(-1)?.authorization).toBe(`Basic ${Buffer.from('me:new').toString('base64')}`);
  });

  it('tells trouble that passes from trouble that does not', async () => {
    answer = (_, response) => response.writeHead(503).end();
    await expect(tokens()()).rejects.toMatchObject({ retryable: true });
    answer = (_, response) => response.end('{}');
    await expect(tokens()()).rejects.toMatchObject({ retryable: false, message: expect.stringContaining('access_token') });
    const away = clientCredentialsTokens({ tokenEndpoint: 'http://127.0.0.1:1/', clientId: 'me', clientSecret: () => 's' });
    await expect(away()).rejects.toMatchObject({ retryable: true });
  });
});
