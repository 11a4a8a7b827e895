// Takes spans by OTLP over HTTP, as a collector does, and counts them: `GET /` answers with how many came.
import { createServer } from 'node:http';

let spans = 0;
const count = ({ resourceSpans = [] }) => resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans).reduce((sum, { spans: some = [] }) => sum + some.length, 0);

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method === 'POST') spans += count(JSON.parse(Buffer.concat(chunks).toString()));
    response.setHeader('content-type', 'application/json').end(request.method === 'POST' ? '{}' : String(spans));
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening ${server.address().port}\n`));
