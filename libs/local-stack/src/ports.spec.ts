import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { isPortFree, pickPort, portAnswers } from './ports.js';

let server: Server;
let busyPort: number;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  busyPort = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  server.close();
  await once(server, 'close');
});

const variable = 'RATCHET_KAFKA_PORT';

describe('picking a port', () => {
  it('takes a free port out of the range of outgoing connections when nothing is said', async () => {
    const port = await pickPort({ configured: undefined, remembered: undefined, variable, taken: new Set() });
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    expect(await isPortFree(port)).toBe(true);
  });

  it('takes the remembered port again, unless it is in use by now', async () => {
    const free = await pickPort({ configured: undefined, remembered: undefined, variable, taken: new Set() });
    expect(await pickPort({ configured: undefined, remembered: free, variable, taken: new Set() })).toBe(free);
    const other = await pickPort({ configured: undefined, remembered: busyPort, variable, taken: new Set() });
    expect(other).not.toBe(busyPort);
  });

  it('does not promise one port twice', async () => {
    const taken = new Set<number>();
    const first = await pickPort({ configured: undefined, remembered: undefined, variable, taken });
    expect(await pickPort({ configured: undefined, remembered: first, variable, taken })).not.toBe(first);
  });

  it('refuses a configured port that is in use, naming the variable', async () => {
    const picking = pickPort({ configured: busyPort, remembered: undefined, variable, taken: new Set() });
    await expect(picking).rejects.toMatchObject({ code: 'port_taken', message: expect.stringContaining(variable) });
  });

  it('tells a port that answers from one that does not', async () => {
    const free = await pickPort({ configured: undefined, remembered: undefined, variable, taken: new Set() });
    expect(await portAnswers({ host: '127.0.0.1', port: busyPort, timeoutMs: 2_000 })).toBe(true);
    expect(await portAnswers({ host: '127.0.0.1', port: free, timeoutMs: 2_000 })).toBe(false);
  });
});
