// Goal: exchanges stand still exactly where they are held, and pass unchanged elsewhere. Method: a server that counts, behind a door.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ModelDoor } from './model-door.js';

let server: Server;
let door: ModelDoor;
let served = 0;

beforeEach(async () => {
  served = 0;
  server = createServer((request, response) => {
    served += 1;
    request.pipe(response.writeHead(201, { 'x-kind': 'echo' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  door = await ModelDoor.open();
  door.leadTo((server.address() as AddressInfo).port);
});

afterEach(async () => {
  await door.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

const ask = (path: string, body = 'hello'): Promise<Response> => fetch(`${door.baseUrl}${path}`, { method: 'POST', body });

describe('ModelDoor', () => {
  it('passes on what nobody holds', async () => {
    const response = await ask('/chat/completions');
    expect([response.status, response.headers.get('x-kind'), await response.text(), door.chats]).toEqual([201, 'echo', 'hello', 1]);
  });

  it('holds a request before the server sees it', async () => {
    const hold = door.hold('asked', ({ path }) => path === '/v1/files');
    const asked = ask('/files');
    await hold.reached;
    expect(served).toBe(0);
    hold.release();
    expect((await asked).status).toBe(201);
  });

  it('holds an answer, and lets a later hold take over', async () => {
    const first = door.hold('answered', ({ answer }) => answer === 'hello');
    let answered = false;
    const asked = ask('/files').then(() => (answered = true));
    await first.reached;
    expect(served).toBe(1);
    const second = door.hold('answered', ({ status }) => status === 201);
    first.release();
    await second.reached;
    expect(answered).toBe(false);
    second.release();
    await asked;
  });

  it('breaks the connection where the server is away', async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await expect(ask('/files')).rejects.toThrow();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
});
