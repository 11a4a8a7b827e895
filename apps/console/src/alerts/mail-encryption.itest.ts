// Mail goes out encrypted to a server whose certificate is trusted, or not at all: against real servers, with a certificate that openssl makes for a day.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { sendToChannel } from './channel-client.js';
import { channelsConfigSchema } from './channel-config.js';

const folder = mkdtempSync(join(tmpdir(), 'ratchet-mail-'));
const trusted = tls.getCACertificates();
let certificate: { key: string; cert: string };
let server: SMTPServer;
/** Of each mail that came, whether it came encrypted. */
let came: boolean[] = [];

const listen = async (options: SMTPServerOptions): Promise<void> => {
  server = new SMTPServer({
    ...options,
    authOptional: true,
    onData: (stream, session, done) => {
      stream.resume().on('end', () => {
        came.push(session.secure);
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
};

const send = (encryption: 'starttls' | 'tls') => {
  const [channel] = channelsConfigSchema.parse([{ name: 'mail', type: 'email', host: '127.0.0.1', port: (server.server.address() as AddressInfo).port, tls: encryption, timeoutMs: 3_000, from: 'ratchet@example.com', to: ['ann@example.com'] }]);
  return sendToChannel(channel!, { id: 'm1', body: JSON.stringify({ subject: 's', text: 't', html: '<p>t</p>' }) } as Parameters<typeof sendToChannel>[1]);
};

beforeAll(() => {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=mail', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'pipe' });
  certificate = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
});
beforeEach(() => {
  came = [];
});
afterEach(async () => {
  tls.setDefaultCACertificates(trusted);
  await new Promise<void>((resolve) => server.close(() => resolve()));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['starttls', 'tls'] as const)('%s', (encryption) => {
  it('sends to a server that is trusted', async () => {
    await listen({ ...certificate, secure: encryption === 'tls' });
    tls.setDefaultCACertificates([...trusted, certificate.cert]);
    expect(await send(encryption)).toEqual({ status: 250 });
    expect(came).toEqual([true]);
  });

  it('sends nothing to one that is not', async () => {
    await listen({ ...certificate, secure: encryption === 'tls' });
    expect(await send(encryption)).toEqual({ error: expect.stringMatching(/^[A-Z_]+$/u) });
    expect(came).toEqual([]);
  });

  it('sends nothing to one that offers no encryption', async () => {
    await listen({ disabledCommands: ['STARTTLS'] });
    expect(await send(encryption)).toMatchObject({ error: expect.any(String) });
    expect(came).toEqual([]);
  });
});
