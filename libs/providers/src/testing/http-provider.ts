import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderConfig } from '../config/provider-config.js';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpProvider {
  readonly config: ProviderConfig;
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

/** A real HTTP server in this process, so that clients are tried on the wire. */
export const openHttpProvider = async (answer: (request: SeenRequest, response: ServerResponse) => void, change: Partial<ProviderConfig> = {}): Promise<HttpProvider> => {
  const seen: SeenRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const request = { method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks).toString() };
      seen.push(request);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config: ProviderConfig = { name: 'wire', baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'key', timeoutMs: 2_000, maxConcurrency: 4, ...change };
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { config, seen, close };
};

export const sendJson = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body));
};
