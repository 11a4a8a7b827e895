// The least that a proxy in Node can do: `node bare-proxy.mjs PROVIDER_PORT`. Bytes pass through unread, over connections that are kept.
import { Agent, createServer, request as ask } from 'node:http';

const port = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: 512 });

const server = createServer((request, response) => {
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const upstream = ask({ host: '127.0.0.1', port, agent, method: request.method, path: request.url, headers }, (answer) => {
    const { connection: _kept, 'keep-alive': _hint, ...answered } = answer.headers;
    response.writeHead(answer.statusCode, answered);
    answer.pipe(response);
  });
  upstream.on('error', () => response.writeHead(502).end());
  request.pipe(upstream);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening ${server.address().port}\n`));
