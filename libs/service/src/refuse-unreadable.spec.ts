import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refuseUnreadable } from './refuse-unreadable.js';

let server: Server;

const answerTo = (request: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(request));
    socket.on('data', (chunk) => (answer += chunk.toString())).on('close', () => resolve(answer)).on('error', reject);
  });

beforeAll(async () => {
  server = createServer({ maxHeaderSize: 1_024 }, (_request, response) => response.end('ok')).on('clientError', (error, socket) => refuseUnreadable(error, socket as never));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('what cannot be read', () => {
  it.each([
    [431, `GET /${'x'.repeat(2_000)} HTTP/1.1\r\n\r\n`],
    [400, 'no http at all\r\n\r\n'],
  ])('is refused as %d', async (status, request) => {
    const [head = '', body = ''] = (await answerTo(request)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', status });
  });
});
